import type { Chart } from '../chart/chart.ts'
import { composeYaml } from '../encoding/yaml-compose.ts'
import { splitYamlDocuments } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import type { YamlNode } from '../encoding/yaml-node.ts'
import { nearest } from '../base/nearest.ts'
import { hookEvents } from '../manifest/hooks.ts'
import type { Locate } from '../manifest/parse-manifest.ts'
import { partialName } from '../render/handlebars-renderer.ts'
import type { Findings, Severity } from './finding.ts'

/** What a template gave, by its path below the chart. */
export interface GivenText {
  name: string
  content: string
}

/**
 * Tells of what a native chart makes that is no use to anybody, which Helm's lint lets pass: keys
 * that stand twice, objects without kind or name, objects that stand twice, hooks of no event, and
 * partials of which the chart has two.
 */
export function lintNative(
  chart: Chart,
  { files, locate }: { files: readonly GivenText[]; locate: Locate },
  findings: Findings,
): void {
  const tell: Tell = (severity, { name, line }, message) => {
    const span = locate(name, line) ?? { file: name }
    const where = span.line === undefined ? '' : `line ${span.line}: `
    findings.check({ severity, path: name, span }, where + message)
  }
  lintPartials(chart, findings)
  const first = new Map<string, string>()
  for (const { name, content } of files) {
    for (const root of documentsOf(content)) {
      tellOfKeys(root, name, tell)
      tellOfObject(root, { name, first, tell })
    }
  }
}

type Tell = (severity: Severity, place: { name: string; line: number }, message: string) => void

/** The file that a call prints is the first of a name. */
function lintPartials({ templates }: Chart, findings: Findings): void {
  const first = new Map<string, string>()
  for (const { name } of templates) {
    if (!/(?:^|\/)_[^/]*\.hbs$/.test(name)) continue
    const partial = partialName(name)
    const other = first.get(partial)
    if (other === undefined) first.set(partial, name)
    const message = `"${partial}" is also the name of ${other}; one of them is never printed`
    findings.check(
      { severity: 'warning', path: name, span: { file: name } },
      other === undefined ? undefined : message,
    )
  }
}

/** What is no YAML has been told of before. */
function documentsOf(content: string): YamlNode[] {
  const found: YamlNode[] = []
  let line = 0
  try {
    for (const document of splitYamlDocuments(content)) {
      const root = composeYaml(document, { dialect: 'helm', line })
      if (root !== undefined) found.push(root)
      // The line that ends a document is in none.
      line += document.split('\n').length
    }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
  }
  return found
}

function tellOfKeys(root: YamlNode, name: string, tell: Tell): void {
  const rest = [root]
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    rest.push(...node.children)
    if (node.kind !== 'mapping') continue
    const lines = new Map<string, number>()
    for (const key of node.children.filter((_, at) => at % 2 === 0)) {
      if (key.kind !== 'scalar') continue
      const line = key.start.line + 1
      const before = lines.get(key.value)
      if (before === undefined) lines.set(key.value, line)
      else tell('warning', { name, line }, `key "${key.value}" stands twice; the last one counts`)
    }
  }
}

function tellOfObject(
  root: YamlNode,
  { name, first, tell }: { name: string; first: Map<string, string>; tell: Tell },
): void {
  if (root.kind !== 'mapping') return
  const place = { name, line: root.start.line + 1 }
  const metadata = valueAt(root, 'metadata')
  const own = (key: string): string => valueAt(metadata, key)?.value ?? ''
  const apiVersion = valueAt(root, 'apiVersion')?.value ?? ''
  const kind = valueAt(root, 'kind')?.value ?? ''
  if (apiVersion === '' || kind === '') {
    tell('error', place, `an object has no ${kind === '' ? 'kind' : 'apiVersion'}`)
    return
  }
  const hook = valueAt(valueAt(metadata, 'annotations'), 'helm.sh/hook')
  if (hook !== undefined) tellOfHook(hook, name, tell)
  const key = JSON.stringify([
    groupOf(apiVersion),
    kind,
    own('namespace'),
    own('name'),
    hook?.value,
  ])
  const other = first.get(key)
  if (other === undefined) first.set(key, name)
  // What has no name is told of as a name that is none.
  if (other === undefined || own('name') === '') return
  const where = other === name ? 'this file' : other
  tell('warning', place, `${kind}/${own('name')} is made by ${where} too; the last one counts`)
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** A hook of an event that nobody knows is never applied. */
function tellOfHook(hook: YamlNode, name: string, tell: Tell): void {
  const known = hookEvents()
  for (const event of hook.value.split(',').map((each) => each.trim().toLowerCase())) {
    if (known.includes(event)) continue
    const meant = nearest(event, known)
    const advice =
      meant === undefined ? `there are ${known.join(', ')}` : `did you mean "${meant}"?`
    const message = `"${event}" is no event of a hook, so the object is left out; ${advice}`
    tell('error', { name, line: hook.start.line + 1 }, message)
  }
}

function valueAt(node: YamlNode | undefined, key: string): YamlNode | undefined {
  if (node?.kind !== 'mapping') return undefined
  const at = node.children.findIndex((child, index) => index % 2 === 0 && child.value === key)
  const value = at < 0 ? undefined : node.children[at + 1]
  return value?.target ?? value
}
