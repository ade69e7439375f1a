import { join } from 'node:path'
import { chartYaml, writeChart } from './chart-builder.ts'

/** What tells one version of the chart from the other. */
interface Version {
  version: string
  text: string
  port: number
  /** The ConfigMap that only this version has. */
  own: string
}

/** Folders of two versions of one chart. */
export interface MatrixCharts {
  one: string
  two: string
}

/**
 * Writes two versions of one chart. From one to the other a ConfigMap and a Service change, one
 * object goes, one comes and one stays as it is; hooks of three kinds run before and after each
 * verb. All objects bear the name of the release, so that many can share a namespace.
 */
export function writeMatrixCharts(folder: string): MatrixCharts {
  const write = (name: string, version: Version): string =>
    writeChart(join(folder, name), filesOf(version))
  return {
    one: write('one', { version: '1.0.0', text: 'one', port: 80, own: 'gone' }),
    two: write('two', { version: '2.0.0', text: 'two', port: 81, own: 'added' }),
  }
}

/** One verb: the runs that go before it, and its own. */
export interface MatrixVerb {
  verb: string
  before: (charts: MatrixCharts) => string[]
  line: (charts: MatrixCharts) => string
}

const installed = ({ one }: MatrixCharts): string => `install RELEASE ${one} --no-hooks`
const upgraded = ({ two }: MatrixCharts): string => `upgrade RELEASE ${two} --no-hooks`

/** What changes releases; `RELEASE` stands for the name. */
export const MATRIX_VERBS: MatrixVerb[] = [
  { verb: 'install', before: () => [], line: ({ one }) => `install RELEASE ${one}` },
  {
    verb: 'upgrade',
    before: (charts) => [installed(charts)],
    line: ({ two }) => `upgrade RELEASE ${two}`,
  },
  {
    verb: 'rollback',
    before: (charts) => [installed(charts), upgraded(charts)],
    line: () => 'rollback RELEASE 1',
  },
  {
    verb: 'uninstall',
    before: (charts) => [installed(charts), upgraded(charts)],
    line: () => 'uninstall RELEASE',
  },
]

function filesOf({ version, text, port, own }: Version): Record<string, string> {
  return {
    'Chart.yaml': chartYaml('web').replace('1.0.0', version),
    'templates/objects.yaml': [
      configMap('changed', text),
      configMap('same', 'same'),
      configMap(own, text),
      `apiVersion: v1
kind: Service
metadata: { name: "${NAME}-web" }
spec: { selector: { app: "${NAME}" }, ports: [{ name: http, port: ${port} }] }
`,
    ].join('---\n'),
    'templates/hooks.yaml': [
      hook('ConfigMap', 'settings', { events: BEFORE, weight: -1, policy: 'hook-succeeded' }),
      hook('Job', 'before', { events: BEFORE, weight: 1 }),
      hook('Pod', 'after', { events: AFTER, weight: 1, policy: 'before-hook-creation' }),
    ].join('---\n'),
  }
}

const NAME = '{{ .Release.Name }}'
const BEFORE = 'pre-install,pre-upgrade,pre-rollback,pre-delete'
const AFTER = 'post-install,post-upgrade,post-rollback,post-delete'

function configMap(name: string, text: string): string {
  const metadata = `{ name: "${NAME}-${name}" }`
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: ${metadata}\ndata: { text: ${text} }\n`
}

interface HookOptions {
  events: string
  weight: number
  policy?: string
}

function hook(
  kind: 'ConfigMap' | 'Job' | 'Pod',
  name: string,
  { events, weight, policy }: HookOptions,
): string {
  const annotations = {
    'helm.sh/hook': events,
    'helm.sh/hook-weight': String(weight),
    ...(policy !== undefined && { 'helm.sh/hook-delete-policy': policy }),
  }
  const pod = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.com/main' }] }
  const spec = { Job: { spec: { template: { spec: pod } } }, Pod: { spec: pod }, ConfigMap: {} }
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'v1'
  const metadata = { name: `${NAME}-${name}`, annotations }
  return `${JSON.stringify({ apiVersion, kind, metadata, ...spec[kind] })}\n`
}
