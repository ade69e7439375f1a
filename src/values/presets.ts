import { PkgError } from '../base/errors.ts'
import { fromBytes } from '../golang/bytes.ts'
import { rawFile, type Chart } from '../chart/chart.ts'
import type { ValuesFile } from './compose-values.ts'

/**
 * Reads a preset: values that the chart itself brings for one way of running it, in
 * `presets/NAME.yaml`.
 *
 * @throws PkgError PRESET_NOT_FOUND, which lists those there are
 */
export function readPreset(chart: Chart, name: string): ValuesFile {
  const path = presetPath(name)
  const file = rawFile(chart, path)
  if (file !== undefined)
    return { name: `${chart.metadata.name}/${path}`, text: fromBytes(file.data) }
  const names = presetNames(chart)
  throw new PkgError(
    'PRESET_NOT_FOUND',
    `there is no preset "${name}" in chart "${chart.metadata.name}"`,
    {
      hint: isNamedOtherwise(chart, name)
        ? `The chart has presets/${name}.yml, which is none: presets end in ".yaml".`
        : names.length === 0
          ? 'The chart has no presets; give values with --values or --set.'
          : `Take one of: ${names.join(', ')}.`,
    },
  )
}

function isNamedOtherwise(chart: Chart, name: string): boolean {
  return rawFile(chart, `presets/${name}.yml`) !== undefined
}

/** Names of a chart's presets, sorted. */
export function presetNames(chart: Chart): string[] {
  return chart.raw.flatMap(({ name }) => /^presets\/([^/]+)\.yaml$/.exec(name)?.[1] ?? []).sort()
}

function presetPath(name: string): string {
  return `presets/${name}.yaml`
}
