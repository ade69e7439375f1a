import type { TagList } from '../actions/registry.ts'

/** Where a chart was pushed to. */
interface Pushed {
  reference: { registry: string; repository: string; tag?: string | undefined }
  digest: string
}

/** Helm's two lines, and its explanation when a version's `+` became `_`. */
export function viewPushed({ reference, digest }: Pushed): string {
  const { registry, repository, tag = '' } = reference
  const place = `${registry}/${repository}:${tag}`
  const lines = [`Pushed: ${place}`, `Digest: ${digest}`]
  if (tag.includes('_')) {
    lines.push(`${place} contains an underscore.`, '', UNDERSCORE)
  }
  return lines.join('\n')
}

/** Source: helm.sh/helm/v4 pkg/registry/client.go. */
const UNDERSCORE = `OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.`

/** One version, or with `isAll` one tag, a line. */
export function viewTags({ versions, tags }: TagList, isAll: boolean): string {
  return (isAll ? tags : versions).join('\n')
}
