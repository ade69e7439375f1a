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
    const found = isThere ? undefined : files.find((file) => alike.has(firstOf(file.name)))
    if (found === undefined) return []
    const file = found.name.slice(0, firstOf(found.name).length).replace(/\/$/, '')
    return [{ file, message: `is not read; rename it to ${name}` }]
  })
}

/** The file's name, or the outermost folder that it lies in with the slash, in small letters. */
function firstOf(name: string): string {
  const slash = name.indexOf('/')
  return (slash < 0 ? name : name.slice(0, slash + 1)).toLowerCase()
}

/** By words and not by patterns, which V8 would compile for every chart. */
const PARTS = [
  {
    name: 'values.yaml',
    alike: new Set(['values.yaml', 'values.yml', 'value.yaml', 'value.yml']),
  },
  {
    name: 'values.schema.json',
    alike: new Set(
      ['', 's'].flatMap((end) => ['.', '_', '-'].map((mark) => `value${end}${mark}schema.json`)),
    ),
  },
  { name: 'templates', alike: new Set(['template/', 'templates/']) },
]
