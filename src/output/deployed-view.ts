import type { Json, JsonObject } from '../base/json.ts'
import { hideSecretValues } from '../base/redact.ts'
import type { Hook } from '../manifest/manifest.ts'
import type { Plan } from '../plan/plan.ts'
import { recordText } from '../release/record-write.ts'
import type { Release } from '../release/release.ts'
import { viewRelease, type ReleaseViewOptions } from './release-view.ts'

/** What install and upgrade give, as far as it is shown. */
export interface DeployedView {
  release: Release
  plan: Plan
  isRecorded: boolean
}

export interface DeployedViewOptions extends ReleaseViewOptions {
  showSecrets?: boolean
}

/** A deployed or rehearsed release; of a rehearsal the manifest too, its Secrets hidden. */
export function viewDeployed({ release }: DeployedView, options: DeployedViewOptions = {}): string {
  const shown = options.showSecrets === true ? release : withoutSecrets(release)
  return viewRelease(shown, options)
}

/**
 * A release as one JSON document with Helm's keys.
 *
 * @param options.hideSecrets leaves Secrets of the manifest out, and hides values whose key
 *   names a secret
 * @param options.resources what lives of it, as Helm has it beside a status
 */
export function releaseDocument(
  release: Release,
  { withChart = true, hideSecrets = false, resources }: ReleaseDocumentOptions = {},
): object {
  const shown = hideSecrets ? withoutSecrets(release) : release
  const document = JSON.parse(recordText(shown)) as RecordDocument
  delete document.run
  for (const { last_run: ran } of document.hooks ?? []) {
    delete ran.event
    delete ran.run
  }
  if (hideSecrets && document.chart !== undefined) {
    document.chart.values = hideSecretValues(document.chart.values)
  }
  if (hideSecrets && document.config !== undefined) {
    document.config = hideSecretValues(document.config)
  }
  if (!withChart) delete document.chart
  if (resources !== undefined) document.info['resources'] = resources
  return document
}

export interface ReleaseDocumentOptions {
  withChart?: boolean
  hideSecrets?: boolean
  resources?: Record<string, Json[]> | undefined
}

interface RecordDocument {
  /** Of our own making, and of no use to others. */
  run?: string
  /** For which event a hook has run, and by which run, is of our own making too. */
  hooks?: { last_run: { event?: string; run?: string } }[]
  info: JsonObject
  chart?: { values: Json }
  config?: Json
}

/** Says which hooks a directory did not run and does not hold; empty when there are none. */
export function viewLeftOut(hooks: readonly Hook[]): string {
  const labels = hooks
    .filter(({ events }) => events.some((event) => event !== 'test'))
    .map(({ events, kind, name }) => `${kind}/${name} (${events.join(', ')})`)
  if (labels.length === 0) return ''
  return `a directory runs no hooks; left out: ${labels.join(', ')}. --write-hooks writes them too.`
}

const HIDDEN = '# HIDDEN: The Secret output has been suppressed'

/** The release with every Secret of its manifest and hooks left out. */
function withoutSecrets(release: Release): Release {
  return {
    ...release,
    manifest: release.manifest
      .split(/^(?=---\n# Source: )/m)
      .map((text) => (isSecret(text) ? hide(text) : text))
      .join(''),
    hooks: release.hooks.map((hook) =>
      isSecret(`kind: ${hook.kind}\n${hook.manifest}`) ? { ...hook, manifest: HIDDEN } : hook,
    ),
  }
}

/** Rather too often than once too seldom: a list of Secrets counts, and a reference to one. */
function isSecret(text: string): boolean {
  return /\bkind["']?\s*:\s*(&\S+\s+|!!str\s+)?["']?Secret\b/.test(text)
}

function hide(text: string): string {
  const [mark, source] = text.split('\n')
  return `${mark}\n${source}\n${HIDDEN}\n`
}
