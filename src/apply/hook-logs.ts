import { PkgError } from '../base/errors.ts'
import { redactText } from '../base/redact-text.ts'
import { refOf } from '../cluster/cluster.ts'
import type { KubeObject } from '../manifest/object.ts'
import type { HookEvent } from '../manifest/manifest.ts'
import { objectsAt, textAt } from './readiness-fields.ts'
import type { Site } from './site.ts'

/** Where logs are read. */
export type LogSite = Pick<Site, 'cluster' | 'signal'>

/** What one container has written. */
export interface PodLog {
  pod: string
  container: string
  text: string
}

/** Tells what the pods of a hook's objects have written, as its log policy asks for. */
export async function showHookLogs(
  site: Site,
  objects: readonly KubeObject[],
  event: HookEvent,
): Promise<void> {
  for (const object of objects) {
    try {
      for (const { pod, container, text } of await readLogs(site, object)) {
        const time = site.now().toISOString()
        const shown = redactText(text)
        site.wait?.onProgress?.({ type: 'log', time, event, pod, container, text: shown })
      }
    } catch (error) {
      if (!(error instanceof PkgError) || site.signal.aborted) throw error
      site.onNotice(
        `the log of ${object.kind}/${object.metadata.name} is not read: ${error.message}`,
      )
    }
  }
}

/** All that the containers of a Pod, or of the pods of a Job, have written; of others nothing. */
export async function readLogs(
  { cluster, signal }: LogSite,
  object: KubeObject,
): Promise<PodLog[]> {
  const logs: PodLog[] = []
  for (const pod of await podsOf({ cluster, signal }, object)) {
    for (const container of objectsAt(pod, 'spec', 'containers')) {
      const name = textAt(container, 'name')
      const text = await cluster.logs(refOf(pod), { container: name, signal })
      logs.push({ pod: pod.metadata.name, container: name, text })
    }
  }
  return logs
}

async function podsOf({ cluster, signal }: LogSite, object: KubeObject): Promise<KubeObject[]> {
  if (object.kind === 'Pod') {
    const pod = await cluster.get(refOf(object), signal)
    return pod === undefined ? [] : [pod]
  }
  if (object.kind !== 'Job') return []
  const kind = { apiVersion: 'v1', kind: 'Pod', namespace: refOf(object).namespace }
  return cluster.list(kind, { labelSelector: `job-name=${object.metadata.name}`, signal })
}
