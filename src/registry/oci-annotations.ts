import type { ChartMetadata, Maintainer } from '../chart/metadata.ts'

const OCI = 'org.opencontainers.image'

/**
 * Annotations of a chart's manifest; the chart's own are added, but cannot take its name or
 * version.
 *
 * Source: helm.sh/helm/v4 pkg/registry/chart.go.
 *
 * @param created when the archive was made; whole seconds count
 */
export function chartAnnotations(metadata: ChartMetadata, created: Date): Record<string, string> {
  const { description, name, version, home, sources, maintainers, annotations } = metadata
  const own: [key: string, value: string | undefined][] = [
    [`${OCI}.description`, description],
    [`${OCI}.title`, name],
    [`${OCI}.version`, version],
    [`${OCI}.url`, home],
    [`${OCI}.created`, created.toISOString().replace(/\.\d+Z$/, 'Z')],
    [`${OCI}.source`, sources?.[0]],
    [`${OCI}.authors`, maintainers && authors(maintainers)],
  ]
  const result = new Map<string, string>()
  for (const [key, value] of own) if (value?.trim()) result.set(key, value)
  for (const [key, value] of annotations ?? []) {
    if (key !== `${OCI}.title` && key !== `${OCI}.version`) result.set(key, value)
  }
  return Object.fromEntries(result)
}

function authors(maintainers: readonly Maintainer[]): string {
  return maintainers
    .map(({ name = '', email = '' }) => name + (email === '' ? '' : ` (${email})`))
    .join(', ')
}
