import { PkgError } from '../base/errors.ts'
import type { ObjectRef } from './cluster.ts'

/** Folder of the objects without a namespace; no namespace can have this name. */
export const CLUSTER_FOLDER = '_cluster'

/** Longest name of a file on the file systems in use. */
const MAX_FILE_NAME = 255
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const KIND = /^[A-Za-z][A-Za-z0-9]*$/
const GROUP = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/

/**
 * Path of an object below a directory target: `web/deployment.apps-api.yaml`, with
 * `_cluster` for kinds without a namespace.
 *
 * Every part comes from a chart, so each is checked; a name may hold colons (RBAC has
 * `system:node`), which are written as `%3A`.
 *
 * @throws PkgError MANIFEST_INVALID for parts that Kubernetes would refuse too
 */
export function objectPath(ref: ObjectRef): string {
  const { kind, namespace, name } = ref
  const group = groupOf(ref.apiVersion)
  const isSafe =
    KIND.test(kind) &&
    (group === '' || GROUP.test(group)) &&
    (namespace === undefined || NAMESPACE.test(namespace)) &&
    isPathSegment(name)
  if (!isSafe) throw unsafe(ref, 'its kind, namespace or name cannot be the name of a file')

  const prefix = group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`
  const file = `${prefix}-${encodeName(name)}.yaml`
  if (Buffer.byteLength(file) > MAX_FILE_NAME) throw unsafe(ref, 'its name is too long for a file')
  return `${namespace ?? CLUSTER_FOLDER}/${file}`
}

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** What Kubernetes asks of every name: one segment of a URL's path. */
function isPathSegment(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/%\0]/.test(name)
}

function encodeName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/gu, (character) =>
    encodeURIComponent(character).replace(
      /^[^%]$/,
      (mark) => `%${mark.charCodeAt(0).toString(16)}`,
    ),
  )
}

function unsafe({ kind, name, namespace }: ObjectRef, why: string): PkgError {
  const where = namespace === undefined ? '' : ` in namespace ${JSON.stringify(namespace)}`
  return new PkgError(
    'MANIFEST_INVALID',
    `object ${JSON.stringify(`${kind}/${name}`)}${where} cannot be written: ${why}`,
  )
}
