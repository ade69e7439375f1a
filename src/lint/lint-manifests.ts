import { headOf } from '../migrate/migrate-object.ts'
import type { KubeFields } from '../migrate/kube-fields.ts'
import { isConfiguration } from '../migrate/migrate-configuration.ts'
import { migrateFiles, type FileMigration } from '../migrate/migrate-files.ts'
import type { PodSecurityLevel } from '../migrate/migrate-pod-security.ts'
import { readSource, type SourceFile, type SourceObject } from '../migrate/read-source.ts'
import type { Refusal } from '../migrate/refusal.ts'
import { isAllowed, type Allowance } from './allowances.ts'
import type { Finding } from './finding.ts'
import { checkImages } from './image-rules.ts'
import { checkMoves } from './moved-rules.ts'
import { checkNetwork } from './network-rules.ts'
import { checkPlaceholders } from './placeholder-rules.ts'
import { podSecurityLevel } from './pod-security.ts'
import { checkRbac } from './rbac-rules.ts'
import { pointsOf, RULES, type RuleFamily, type RuleId } from './rule-table.ts'
import type { Rule } from './rule.ts'
import { checkSecrets } from './secret-rules.ts'
import { checkVolumes } from './volume-rules.ts'
import { checkWorkload } from './workload-rules.ts'

/** What manifests are held against. */
export interface ManifestRules {
  families: ReadonlySet<RuleFamily>
  /** Minor version of Kubernetes 1 that the objects are for. */
  minor: number
  /** What pods may need; undefined when nobody has said. */
  declared?: PodSecurityLevel | undefined
  /** What the chart has reasons for. */
  allowed?: readonly Allowance[]
  /** Tells what is no object; read when that family is asked for. */
  readFields: () => KubeFields
}

/** How safe an object is. */
export interface ObjectScore {
  /** `Deployment/web`. */
  object: string
  file: string
  line: number
  /** From 0 to 100. */
  score: number
  /** What its pods need; "restricted" for an object without pods. */
  level: PodSecurityLevel
}

export interface LintedManifests {
  /** File by file, line by line. */
  findings: ManifestFinding[]
  scores: ObjectScore[]
}

/** A finding that has an id and a place. */
export interface ManifestFinding extends Finding {
  rule: RuleId
  /** `Deployment/web`; empty when the file holds no object. */
  object: string
  span: { file: string; line: number; column: number }
}

/** Checks the objects of files together: what one names may be in another. */
export function lintManifests(files: readonly SourceFile[], rules: ManifestRules): LintedManifests {
  const sources = files.flatMap((file) => objectsOf(file).map((source) => ({ file, source })))
  const all = sources.map(({ source }) => source.value)
  const scores: ObjectScore[] = []
  const findings = rules.families.has('form') ? formFindings(files, rules) : []
  for (const { file, source } of sources) {
    const found = findingsIn(source, { file, all, rules })
    findings.push(...found)
    scores.push(scoreOf(source, file, found))
  }
  return { findings: inOrder(findings, files), scores }
}

/** A bullet that was scanned with the text is read as the space that it stands for. */
function objectsOf(file: SourceFile): SourceObject[] {
  if (isConfiguration(file.path)) return []
  const read = readSource(file)
  if (!read.problems.some(({ cause }) => cause === 'yaml-syntax')) return read.objects
  const text = file.text.replaceAll(/^(\s*)[•‣▪●] /gmu, '$1  ')
  if (text === file.text) return []
  const repaired = readSource({ ...file, text })
  return repaired.problems.length > 0 ? [] : repaired.objects
}

const CHECKS: readonly Rule[] = [
  checkMoves,
  checkImages,
  checkVolumes,
  checkWorkload,
  checkSecrets,
  checkRbac,
  checkNetwork,
  checkPlaceholders,
]

function findingsIn(
  source: SourceObject,
  { file, all, rules }: { file: SourceFile; all: SourceObject['value'][]; rules: ManifestRules },
): ManifestFinding[] {
  const found: ManifestFinding[] = []
  const { apiVersion, kind, name } = headOf(source.value)
  const { minor, declared, allowed = [], families } = rules
  const object = `${kind}/${name}`
  const scene = {
    object: source.value,
    apiVersion,
    kind,
    all,
    minor,
    declared,
    report: (rule: RuleId, path: readonly (string | number)[], text: string) => {
      if (!families.has(RULES[rule].family)) return
      const place = source.document.locate([...source.path, ...path])
      const allowance = allowed.find((each) => isAllowed(each, rule, object))
      const severity = allowance === undefined ? RULES[rule].severity : 'info'
      const message = allowance === undefined ? text : `${text} (allowed: ${allowance.reason})`
      const finding = findingAt({ ...place, file: file.path }, { rule, severity, object, message })
      // One field may be told of by two ways that lead to it.
      if (!found.some((each) => each.path === finding.path && each.message === finding.message)) {
        found.push(finding)
      }
    },
  }
  for (const check of CHECKS) check(scene)
  return found
}

function findingAt(
  span: ManifestFinding['span'],
  finding: Pick<ManifestFinding, 'rule' | 'severity' | 'object' | 'message'>,
): ManifestFinding {
  const { rule, object, message } = finding
  const subject = object === '' ? '' : `${object}: `
  const path = `${span.file}:${span.line}`
  return { ...finding, path, span, message: `${rule}: ${subject}${message}` }
}

/** Causes for which a migration refuses a file, of which other rules do not tell. */
function formFindings(files: readonly SourceFile[], rules: ManifestRules): ManifestFinding[] {
  const { minor, readFields } = rules
  const target = { minor, rookNamespace: 'rook-ceph', withDeprecated: false, fields: readFields() }
  return migrateFiles(files, target).flatMap((migration) => {
    const { path, refusals } = migration
    const refused = refusals.flatMap((refusal) => {
      const rule = ruleOf(refusal)
      if (rule === undefined) return []
      const { line, column, message } = refusal
      const { severity } = RULES[rule]
      return [findingAt({ file: path, line, column }, { rule, severity, object: '', message })]
    })
    return isConfiguration(path) ? [...refused, ...oldConfiguration(migration)] : refused
  })
}

/** What a migration would change in the file of a program, told at the first line of it. */
function oldConfiguration({ path, before, after, objects }: FileMigration): ManifestFinding[] {
  const notes = objects.flatMap((object) => object.notes)
  if (notes.length === 0) return []
  const [old, now] = [before.split('\n'), after.split('\n')]
  const line =
    Math.max(
      old.findIndex((text, at) => text !== now[at]),
      0,
    ) + 1
  const rule = 'configuration-legacy'
  const texts = notes.map((note) => `${note.path} ${note.message}`)
  const message = `${[...new Set(texts)].join('; ')}: kubectl pkg migrate rewrites it`
  const { severity } = RULES[rule]
  return [findingAt({ file: path, line, column: 1 }, { rule, severity, object: '', message })]
}

function ruleOf({ cause }: Refusal): RuleId | undefined {
  return cause === 'no-successor' || cause === 'review-reply' ? undefined : cause
}

function scoreOf(
  source: SourceObject,
  { path }: SourceFile,
  findings: readonly ManifestFinding[],
): ObjectScore {
  const { kind, name } = headOf(source.value)
  const lost = findings
    .filter(({ severity }) => severity !== 'info')
    .reduce((points, { rule }) => points + pointsOf(rule), 0)
  const { line } = source.document.locate(source.path)
  return {
    object: `${kind}/${name}`,
    file: path,
    line,
    score: Math.max(0, 100 - lost),
    level: podSecurityLevel(source.value),
  }
}

function inOrder(findings: ManifestFinding[], files: readonly SourceFile[]): ManifestFinding[] {
  const order = new Map(files.map(({ path }, at) => [path, at]))
  const rank = ({ span }: ManifestFinding): number => order.get(span.file) ?? 0
  return findings.sort(
    (left, right) =>
      rank(left) - rank(right) ||
      left.span.line - right.span.line ||
      left.span.column - right.span.column,
  )
}
