import { byteLength } from '../golang/bytes.ts'
import { trimSpace } from '../golang/space.ts'
import { quote } from '../golang/strconv.ts'
import { decodeYaml } from '../encoding/yaml-decode.ts'
import type { Locate } from '../manifest/parse-manifest.ts'
import type { KubeVersion } from '../render/capabilities.ts'
import { deprecatedApi } from './deprecated-apis.ts'
import type { Findings, Severity } from './finding.ts'
import type { ObjectHead } from './object-head.ts'
import { nameProblem } from './object-names.ts'
import { readObjects } from './object-stream.ts'

export interface RenderedTemplate {
  /** Path below the chart's root. */
  name: string
  content: string
  locate: Locate
  kubeVersion: KubeVersion
}

/**
 * Checks the objects that one template gave.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/lint/rules/template.go, deprecations.go.
 *
 * @returns false when the file is no YAML, after which Helm checks no further file
 */
export function lintObjects(file: RenderedTemplate, findings: Findings): boolean {
  const { name, content } = file
  const indent = indentProblem(content)
  if (indent !== undefined) {
    findings.check({ severity: 'warning', path: name, span: { file: name } }, indent)
  }
  for (const part of readObjects(content)) {
    if (part.problem !== undefined) {
      const rule = { severity: 'error', path: name } as const
      // What is missing at the end is missed behind the last line that has something in it.
      const line = Math.min(part.line, content.trimEnd().split('\n').length)
      findings.check(located(rule, file, line), `unable to parse YAML: ${part.problem}`)
      return false
    }
    for (const [severity, message] of problemsOf(part.head, file)) {
      findings.check(located({ severity, path: name }, file, part.line), message)
    }
  }
  return true
}

function located(
  rule: { severity: Severity; path: string },
  { name, locate }: RenderedTemplate,
  line: number,
) {
  return { ...rule, span: locate(name, line) ?? { file: name } }
}

/** Longest line that Go's scanner takes, in bytes. */
const LONGEST_LINE = 64 * 1024

function indentProblem(content: string): string | undefined {
  for (const line of content.split('\n')) {
    if (byteLength(line) >= LONGEST_LINE) return 'bufio.Scanner: token too long'
    if (trimSpace(line) === '') continue
    if (!/^[ \t]/.test(line)) return undefined
    const shown = quote(line.replace(/\r$/, ''))
    return `document starts with an illegal indent: ${shown}, which may cause parsing problems`
  }
  return undefined
}

function problemsOf(head: ObjectHead, file: RenderedTemplate): [Severity, string][] {
  const checks: [Severity, string | undefined][] = [
    ['warning', nameProblem(head.kind, head.name)],
    ['warning', deprecationProblem(head, file.kubeVersion)],
    ['error', selectorProblem(head, file.content)],
    ['error', listProblem(head, file.content)],
  ]
  return checks.filter((check): check is [Severity, string] => check[1] !== undefined)
}

function deprecationProblem(
  { apiVersion, kind }: ObjectHead,
  { major, minor }: KubeVersion,
): string | undefined {
  const api = deprecatedApi(apiVersion, kind)
  if (api === undefined) return undefined
  const isNew = Number(major) > 1 || (major === '1' && Number(minor) >= api.since)
  // Version 0.0 stands for one that is not known.
  return isNew || (major === '0' && minor === '0') ? api.message : undefined
}

const WITH_SELECTOR = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'])

function selectorProblem({ kind, name }: ObjectHead, content: string): string | undefined {
  if (!WITH_SELECTOR.has(kind)) return undefined
  if (content.includes('matchLabels') || content.includes('matchExpressions')) return undefined
  return `a ${kind} must contain matchLabels or matchExpressions, and ${quote(name)} does not`
}

/** Looks at the first document of the file only, as Helm does. */
function listProblem({ kind }: ObjectHead, content: string): string | undefined {
  if (kind !== 'List') return undefined
  const list = decodeYaml(content)
  const items = list instanceof Map ? list.get('items') : undefined
  const isKept = (Array.isArray(items) ? items : []).some((item) => {
    const metadata = item instanceof Map ? item.get('metadata') : undefined
    const annotations = metadata instanceof Map ? metadata.get('annotations') : undefined
    return annotations instanceof Map && annotations.has('helm.sh/resource-policy')
  })
  return isKept ? "annotation 'helm.sh/resource-policy' within List objects are ignored" : undefined
}
