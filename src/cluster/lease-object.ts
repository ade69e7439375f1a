import { isJsonObject, type JsonObject } from '../base/json.ts'
import { parseHolder } from './holder.ts'
import type { Holder } from './lease.ts'

/** A Lease of coordination.k8s.io/v1, as this program reads it. */
export interface LeaseObject {
  uid: string
  resourceVersion: string
  /** Whether nobody holds it. */
  isFree: boolean
  /** Undefined when nobody holds it, or when another program does. */
  holder: Holder | undefined
  /** Whoever was cut off holding it, and whose work nobody has settled since. */
  left: Holder | undefined
}

/** What a Lease shall say. */
export interface LeaseContent {
  name: string
  holder: Holder | undefined
  left: Holder | undefined
  now: Date
  /** In milliseconds. */
  expiry: number
}

const HOLDER = 'kubectl-pkg/holder'
const LEFT = 'kubectl-pkg/left-behind'

/** Name of the Lease of a release, in the release's namespace. */
export function leaseName(release: string): string {
  return `pkg-${release}`
}

export function readLease(object: JsonObject): LeaseObject {
  const metadata = objectIn(object, 'metadata')
  const annotations = objectIn(metadata, 'annotations')
  const { holderIdentity } = objectIn(object, 'spec')
  const isFree = (holderIdentity ?? '') === '' && annotations[HOLDER] === undefined
  return {
    uid: textIn(metadata, 'uid'),
    resourceVersion: textIn(metadata, 'resourceVersion'),
    isFree,
    holder: parseHolder(textIn(annotations, HOLDER)),
    left: parseHolder(textIn(annotations, LEFT)),
  }
}

/** The object to write; with the version that it replaces, if there is one. */
export function composeLease(content: LeaseContent, replaced?: LeaseObject): JsonObject {
  const { name, holder, left, now, expiry } = content
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-pkg' },
      annotations: {
        ...(holder !== undefined && { [HOLDER]: JSON.stringify(holder) }),
        ...(left !== undefined && { [LEFT]: JSON.stringify(left) }),
      },
      // The uid too: a Lease that is gone would else be made anew by an update.
      ...(replaced !== undefined && {
        uid: replaced.uid,
        resourceVersion: replaced.resourceVersion,
      }),
    },
    spec: {
      leaseDurationSeconds: Math.max(1, Math.ceil(expiry / 1000)),
      renewTime: microTime(now),
      ...(holder !== undefined && {
        holderIdentity: `${holder.host} ${holder.pid} ${holder.token}`,
        acquireTime: microTime(new Date(holder.since)),
      }),
    },
  }
}

/** Kubernetes' MicroTime has six digits behind the second. */
function microTime(moment: Date): string {
  return moment.toISOString().replace('Z', '000Z')
}

function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}

function textIn(object: JsonObject, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}
