import type { AddOnInfo, AddOnItem } from '../actions/addons.ts'
import { viewTable } from './table.ts'
import { term } from './term.ts'
import { wrap } from './wrap.ts'

/** The add-ons, a line each. */
export function viewAddOns(items: readonly AddOnItem[]): string {
  return viewTable([
    ['NAME', 'VERSION', 'APP VERSION', 'POD SECURITY', 'DESCRIPTION'],
    ...items.map(({ name, version, app_version, pod_security, description }) => [
      name,
      version,
      app_version,
      pod_security,
      description,
    ]),
  ])
}

const WIDEST = 100

/**
 * All that is told of an add-on, under headings.
 *
 * @param columns of the terminal
 */
export function viewAddOn(info: AddOnInfo, columns: number): string {
  // Headings indent by two.
  const width = Math.min(columns, WIDEST + 2) - 2
  const { name, version, app_version, description, pod_security, pod_security_reason } = info
  const app = app_version === '' ? '' : ` (${term(app_version)})`
  const level = [pod_security, pod_security_reason].filter((part) => part !== '').join('; ')
  const sections = [
    [
      `${term(name)} ${term(version)}${app}`,
      term(description),
      '',
      ...viewTable([
        ['Home:', info.home],
        ['Kubernetes:', info.kube_version],
        ['Pod Security:', level],
      ]).split('\n'),
    ],
    section(
      'PRESETS',
      terms(
        info.presets.map((preset) => [preset.name, preset.description]),
        width,
      ),
    ),
    section(
      `VALUES (all of them: show values addons/${term(name)})`,
      terms(
        info.values.map((value) => [value.name, value.description, value.type]),
        width,
      ),
    ),
    section('CUSTOM RESOURCE DEFINITIONS, which stay when it is uninstalled', info.crds.map(term)),
    section('IMAGES with the default values', info.images.map(term)),
    section(
      'WHAT CAN GO WRONG',
      info.hazards.flatMap((hazard) => point(hazard, Math.min(columns - 4, WIDEST))),
    ),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`)]
}

/** Words beside what they mean, which begins in one column and is broken into lines. */
function terms(rows: readonly (readonly string[])[], width: number): string[] {
  const column = Math.max(0, ...rows.map(([word = '']) => word.length)) + 2
  return rows.flatMap(([word = '', meaning = '', note = '']) =>
    wrap(term(note === '' ? meaning : `${meaning} (${note})`), Math.max(20, width - column)).map(
      (line, at) => (at === 0 ? term(word) : '').padEnd(column) + line,
    ),
  )
}

function point(text: string, width: number): string[] {
  return wrap(term(text), width).map((line, at) => (at === 0 ? '- ' : '  ') + line)
}
