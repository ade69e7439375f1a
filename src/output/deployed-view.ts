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
  /** Hooks that the target does not run and that were not written. */
  leftOut?: readonly string[]
}

/** A deployed or rehearsed release; of a rehearsal the manifest too, its Secrets hidden. */
export function viewDeployed({ release }: DeployedView, options: DeployedViewOptions = {}): string {
  const shown = options.showSecrets === true ? release : withoutSecrets(release)
  return viewRelease(shown, options)
}

/** A release as one JSON document with Helm's keys. */
export function releaseDocument(release: Release, { withChart = true } = {}): unknown {
  const document = JSON.parse(recordText(release)) as Record<string, unknown>
  if (!withChart) delete document['chart']
  return document
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
      hook.kind === 'Secret' ? { ...hook, manifest: HIDDEN } : hook,
    ),
  }
}

function isSecret(text: string): boolean {
  return /^kind: *["']?Secret["']?\s*$/m.test(text)
}

function hide(text: string): string {
  const [mark, source] = text.split('\n')
  return `${mark}\n${source}\n${HIDDEN}\n`
}
