import * as Flags from '@oclif/core/flags'
import { clusterFlags } from './cluster-flags.ts'
import { duration, integer, list } from './flag-kinds.ts'
import { serverFlags, verifyFlags } from './source-flags.ts'

/** Flags that every command takes. */
export const globalFlags = {
  namespace: Flags.string({
    char: 'n',
    summary: 'Namespace of the release; that of the context, or "default", when not given.',
    env: 'HELM_NAMESPACE',
    helpGroup: 'GLOBAL',
  }),
  target: Flags.string({
    summary: 'Where releases go: "cluster", the default, or dir:PATH for a folder of manifests.',
    env: 'KUBECTL_PKG_TARGET',
    helpGroup: 'GLOBAL',
  }),
  debug: Flags.boolean({
    summary: 'Say more: what is done, and the output that could not be read.',
    env: 'HELM_DEBUG',
    helpGroup: 'GLOBAL',
  }),
  color: Flags.string({
    summary: 'Colour the output: auto, always or never.',
    options: ['auto', 'always', 'never'],
    aliases: ['colour'],
    default: 'auto',
    helpGroup: 'GLOBAL',
  }),
  ...clusterFlags({ hidden: true }),
  'content-cache': place('Folder of fetched archives.', 'HELM_CONTENT_CACHE'),
  'registry-config': place('File with logins of registries.', 'HELM_REGISTRY_CONFIG'),
  'repository-cache': place('Folder of fetched indexes.', 'HELM_REPOSITORY_CACHE'),
  'repository-config': place('File with the repositories.', 'HELM_REPOSITORY_CONFIG'),
}

/** A place on this machine where something about repositories is kept. */
function place(summary: string, env: string) {
  return Flags.string({ summary, env, hidden: true })
}

/** `--preset`, `-f` and the `--set` family. */
export const valuesFlags = {
  preset: list({
    summary: 'Start from values that the chart brings: presets/NAME.yaml; all others win over it.',
    commas: true,
    helpGroup: 'VALUES',
  }),
  values: list({
    char: 'f',
    summary: 'Values from a YAML file, an http(s) URL or - (standard input); the last one wins.',
    commas: true,
    helpGroup: 'VALUES',
  }),
  set: list({ summary: 'Set a value: a.b=1,list[0]=x,c={x,y}.', helpGroup: 'VALUES' }),
  'set-string': list({ summary: 'Set a value that stays a string.', helpGroup: 'VALUES' }),
  'set-json': list({ summary: 'Set a value from JSON: a={"b":1}.', helpGroup: 'VALUES' }),
  'set-file': list({
    summary: 'Set a value to the content of a file: a=PATH.',
    helpGroup: 'VALUES',
  }),
  'set-literal': list({
    summary: 'Set a string as it stands, commas and all.',
    helpGroup: 'VALUES',
  }),
  'strict-values': Flags.boolean({
    summary: 'Refuse values that no template reads and keys that stand twice.',
    helpGroup: 'VALUES',
  }),
  'skip-schema-validation': Flags.boolean({
    summary: 'Do not check the values against values.schema.json.',
    helpGroup: 'VALUES',
  }),
}

/** Which values an upgrade starts from. */
export const reuseFlags = {
  'reset-values': Flags.boolean({
    summary: 'Forget the values of the release before.',
    helpGroup: 'VALUES',
  }),
  'reuse-values': Flags.boolean({
    summary: 'Lay the new values over those of the release before.',
    helpGroup: 'VALUES',
  }),
  'reset-then-reuse-values': Flags.boolean({
    summary: 'Lay the new values over the old ones, over the new chart’s defaults.',
    helpGroup: 'VALUES',
  }),
}

/** How a chart is turned into manifests. */
export const renderFlags = {
  'no-hooks': Flags.boolean({ summary: 'Leave hooks out.', helpGroup: 'RENDERING' }),
  'skip-crds': Flags.boolean({ summary: 'Leave out what lies in crds/.', helpGroup: 'RENDERING' }),
  'post-renderer': Flags.string({
    summary: 'Program that gets the manifests on standard input and prints them changed.',
    helpGroup: 'RENDERING',
  }),
  'post-renderer-args': list({
    summary: 'An argument of the post-renderer; may be repeated.',
    helpGroup: 'RENDERING',
  }),
  'post-render-hooks': Flags.boolean({
    summary:
      'Hand hooks to the post-renderer too; --post-render-hooks=false keeps them as they are.',
    default: true,
    helpGroup: 'RENDERING',
  }),
  'image-map': list({
    summary: 'File that says which images to run in the place of others; may be repeated.',
    helpGroup: 'RENDERING',
  }),
  'render-subchart-notes': Flags.boolean({
    summary: 'Render the notes of subcharts too.',
    helpGroup: 'RENDERING',
  }),
  'enable-dns': Flags.boolean({
    summary: 'Let templates look up addresses with getHostByName.',
    helpGroup: 'RENDERING',
  }),
  'render-fuel': integer({
    summary: 'Most steps that rendering may take.',
    min: 1,
    helpGroup: 'RENDERING',
  }),
  'disable-openapi-validation': accepted('Accepted for scripts written for Helm.'),
}

/** How a new release is named and described. */
export const releaseFlags = {
  'generate-name': Flags.boolean({
    char: 'g',
    summary: 'Make the name from the chart’s and leave NAME out.',
  }),
  'name-template': Flags.string({ summary: 'Template that makes the name.' }),
  ...describeFlags(),
  'create-namespace': Flags.boolean({ summary: 'Create the namespace when there is none.' }),
  replace: Flags.boolean({
    summary: 'Use a name again whose release was uninstalled with its history kept.',
  }),
}

/** What the person says about a revision. */
export function describeFlags() {
  return {
    description: Flags.string({ summary: 'A description of this revision.' }),
    labels: list({
      char: 'l',
      summary: 'Labels of the release record: key=value, separated by commas.',
    }),
  }
}

/** How the target is changed. */
export const applyFlags = {
  'dry-run': dryRun(),
  'take-ownership': Flags.boolean({
    summary: 'Adopt objects that exist and belong to no release or to another one.',
  }),
  crds: Flags.string({
    summary:
      'CRDs in crds/: create those that are missing, upgrade those that are there too, or skip ' +
      'them. A cluster has them upgraded, a folder has them created by install.',
    options: ['create', 'upgrade', 'skip'],
  }),
  ...lockFlags(),
  ...allowanceFlags(),
  'show-secrets': Flags.boolean({ summary: 'Show Secret data in a dry run.' }),
  'hide-secret': accepted('Accepted for scripts written for Helm: Secrets are hidden anyway.'),
  'hide-notes': Flags.boolean({ summary: 'Do not print the notes.' }),
  ...waitFlags(),
  ...undoFlag(),
}

/** How long other runs are waited for. */
export function lockFlags() {
  return {
    'lock-timeout': duration({
      summary: 'How long to wait while another run holds the release.',
      default: 300_000,
    }),
    'stale-after': duration({
      summary:
        'Take over what Helm has left pending when nothing has changed it for so long; runs of ' +
        'kubectl pkg are taken over once their lock has expired.',
      default: 600_000,
    }),
  }
}

/** What a plan may do beyond what takes nothing away. */
export function allowanceFlags() {
  return {
    ...preflightFlag(),
    'force-conflicts': Flags.boolean({
      summary: 'Take over fields of other managers; remove what they added if it is in the way.',
      helpGroup: 'PLAN',
    }),
    recreate: list({
      summary:
        'Delete and make anew what can be changed in no other way: all of it, or what is named.',
      bare: 'all',
      helpValue: '[=all|KIND|KIND/NAME]',
      commas: true,
      aliases: ['force-replace', 'force'],
      helpGroup: 'PLAN',
    }),
    'allow-data-loss': Flags.boolean({
      summary: 'Go on when data is lost with what is deleted or made anew.',
      helpGroup: 'PLAN',
    }),
    'max-impact': Flags.string({
      summary: 'Refuse a plan that does more than this to what runs.',
      options: [
        'none',
        'metadata',
        'config-reload',
        'rolling-restart',
        'scale',
        'recreate',
        'downtime',
        'data-loss',
        'cluster-wide',
      ],
      helpGroup: 'PLAN',
    }),
  }
}

/** Whether rights are asked for before the first write. */
export function preflightFlag() {
  return {
    'no-preflight': Flags.boolean({
      summary: 'Begin without asking first whether all of it is allowed.',
      helpGroup: 'PLAN',
    }),
  }
}

/** Hooks on a target that does not run them. */
export const hookFlags = {
  'write-hooks': Flags.boolean({
    summary: 'Write hooks into the directory too, for tools that run Helm’s hooks.',
  }),
}

/** `--history-max` of verbs that make revisions. */
export const historyFlag = {
  'history-max': integer({
    summary: 'How many revisions to keep; 0 keeps all.',
    default: 10,
    min: 0,
    env: 'HELM_MAX_HISTORY',
  }),
}

/** Helm's flags of waiting and of the API server; a directory has nothing to wait for. */
export function waitFlags() {
  return {
    wait: Flags.string({
      summary: 'Wait until objects are ready: watcher, hookOnly or legacy.',
      options: ['watcher', 'hookOnly', 'legacy', 'true', 'false'],
      bare: 'watcher',
      helpValue: '[=watcher|hookOnly|legacy]',
      helpGroup: 'WAITING',
    }),
    'wait-for-jobs': Flags.boolean({ summary: 'Wait for Jobs too.', helpGroup: 'WAITING' }),
    timeout: duration({
      summary: 'How long one step may take.',
      default: 300_000,
      helpGroup: 'WAITING',
    }),
    events: Flags.string({
      summary: 'Write what happens to standard error for machines: jsonl, one JSON object a line.',
      options: ['jsonl'],
      helpGroup: 'WAITING',
    }),
    'server-side': Flags.string({
      summary: 'Apply on the server: true, false or auto.',
      options: ['true', 'false', 'auto'],
      hidden: true,
    }),
  }
}

/** Of verbs whose failure can be undone; it waits, for what is not ready has failed. */
export function undoFlag() {
  return {
    'rollback-on-failure': Flags.boolean({
      summary: 'Undo the operation when it fails.',
      aliases: ['atomic'],
      helpGroup: 'WAITING',
    }),
  }
}

/** Kubernetes as a render sees it that no target is asked for. */
export const capabilityFlags = {
  'kube-version': Flags.string({
    summary: 'Kubernetes version that templates see.',
    helpGroup: 'RENDERING',
  }),
  'api-versions': list({
    char: 'a',
    summary: 'API versions that templates see besides the built-in ones.',
    commas: true,
    helpGroup: 'RENDERING',
  }),
}

/** Which chart a reference means; a folder or an archive is one chart and needs none of these. */
export const chartFlags = {
  version: Flags.string({
    summary: 'Version or range of the chart; a folder or archive has only one.',
    helpGroup: 'CHART',
  }),
  devel: Flags.boolean({ summary: 'Take pre-releases too.', helpGroup: 'CHART' }),
  repo: Flags.string({
    summary: 'Address of the repository in which the chart is looked for by its name.',
    helpGroup: 'CHART',
  }),
  ...verifyFlags(),
  ...serverFlags(),
}

/** `-o` of commands that print data. */
export const outputFlag = {
  output: Flags.option({
    char: 'o',
    summary: 'Output format.',
    options: ['table', 'json', 'yaml'] as const,
    default: 'table',
  })(),
}

/** `--revision` of commands that read one stored state. */
export const revisionFlag = {
  revision: integer({ summary: 'Revision to read; the newest by default.', min: 0 }),
}

/** Helm's `--dry-run`, which has a meaning of its own when it stands alone. */
export function dryRun() {
  return Flags.string({
    summary: 'Show what would be done and change nothing: none, client or server.',
    options: ['none', 'client', 'server', 'true', 'false', 'unset'],
    bare: 'client',
    helpValue: '[=none|client|server]',
    default: 'none',
  })
}

/** A flag of Helm's that changes nothing here, hidden from help. */
function accepted(summary: string, aliases: string[] = []) {
  return Flags.boolean({ summary, aliases, hidden: true })
}
