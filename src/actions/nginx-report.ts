import { isJsonObject, type Json } from '../base/json.ts'
import {
  judgeNginxAnnotation,
  judgeNginxPath,
  type NginxVerdict,
} from '../lint/nginx-annotations.ts'
import { decodeObjects } from '../manifest/decode-objects.ts'
import type { KubeObject } from '../manifest/object.ts'

/** What becomes of one setting of an Ingress that was written for ingress-nginx. */
export interface NginxReportItem extends NginxVerdict {
  /** `NAMESPACE/NAME`. */
  ingress: string
  /** Name of the annotation without its prefix, or a path. */
  setting: string
}

export interface NginxReport {
  /** How many Ingress objects were looked at. */
  ingresses: number
  items: NginxReportItem[]
}

const PREFIX = 'nginx.ingress.kubernetes.io/'

/**
 * Tells what Traefik would do with Ingress objects that were written for ingress-nginx: with
 * each of their annotations, and with paths that make it leave an Ingress out.
 *
 * @param files manifests; objects of other kinds are passed over
 * @throws PkgError MANIFEST_INVALID, YAML_INVALID
 */
export function nginxReport(
  files: readonly { name: string; text: string }[],
  options: { namespace: string; allowSnippets: boolean },
): NginxReport {
  const ingresses = files
    .flatMap(({ name, text }) => decodeObjects(text, name))
    .filter(({ kind }) => kind === 'Ingress')
  return {
    ingresses: ingresses.length,
    items: ingresses.flatMap((ingress) => itemsOf(ingress, options)),
  }
}

function itemsOf(
  { metadata, spec }: KubeObject,
  options: { namespace: string; allowSnippets: boolean },
): NginxReportItem[] {
  const { namespace: own, annotations: given } = metadata
  const namespace = typeof own === 'string' ? own : options.namespace
  const ingress = `${namespace}/${metadata.name}`
  const annotations = new Map(
    Object.entries(isJsonObject(given) ? given : {})
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length), typeof value === 'string' ? value : '']),
  )
  const context = { namespace, annotations, allowSnippets: options.allowSnippets }
  return [
    ...[...annotations].map(([setting, value]) => ({
      ingress,
      setting,
      ...judgeNginxAnnotation(setting, value, context),
    })),
    ...pathsOf(spec)
      .map(({ path, pathType }) => ({ ingress, setting: path, ...judgeNginxPath(path, pathType) }))
      .filter(({ outcome }) => outcome === 'refused'),
  ]
}

function pathsOf(spec: Json | undefined): { path: string; pathType: string }[] {
  return listIn(spec, 'rules')
    .flatMap((rule) => listIn(isJsonObject(rule) ? rule['http'] : undefined, 'paths'))
    .filter(isJsonObject)
    .map(({ path, pathType }) => ({
      path: typeof path === 'string' ? path : '',
      pathType: typeof pathType === 'string' ? pathType : 'Prefix',
    }))
}

function listIn(value: Json | undefined, name: string): Json[] {
  const list = isJsonObject(value) ? value[name] : undefined
  return Array.isArray(list) ? list : []
}
