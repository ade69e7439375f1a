import type { ChartFile, ChartWarning } from './chart.ts'

/**
 * What to do about a folder or an archive without Chart.yaml.
 *
 * @param names paths that are there
 * @param otherwise the advice where none of them is nearly one
 */
export function adviseOnChartYaml(names: readonly string[], otherwise: string): string {
  const alike = names.find((name) => /^charts?\.ya?ml$/i.test(name))
  if (alike !== undefined) return `Rename ${alike} to Chart.yaml.`
  const below = names.filter((name) => /^[^/]+\/Chart\.yaml$/.test(name))
  const [only = ''] = below
  if (below.length !== 1) return otherwise
  return `The folder "${only.slice(0, only.indexOf('/'))}" in it has a Chart.yaml; name that one.`
}

/** Files that are named nearly as those that charts are read by, which are not there. */
export function misnamedFiles(files: readonly ChartFile[]): ChartWarning[] {
  return PARTS.flatMap(({ name, alike }) => {
    const folder = `${name}/`
    const isThere = files.some((file) => file.name === name || file.name.startsWith(folder))
    const found = isThere ? undefined : files.find((file) => alike.test(file.name))
    if (found === undefined) return []
    const [file = ''] = alike.exec(found.name) ?? []
    return [{ file, message: `is not read; rename it to ${name}` }]
  })
}

const PARTS = [
  { name: 'values.yaml', alike: /^values?\.ya?ml$/i },
  { name: 'values.schema.json', alike: /^values?[._-]schema\.json$/i },
  { name: 'templates', alike: /^templates?(?=\/)/i },
]
