import { PkgError } from '../base/errors.ts'
import { describeObject, type KubeObject } from '../manifest/object.ts'
import { checkDefinition, versionsOf } from '../plan/definition-check.ts'
import type { Change } from '../plan/plan.ts'
import { resourceCheck } from '../plan/validate-resource.ts'
import { customResourcesOf, isDefinition } from './definitions.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import type { View } from './site.ts'

/** So many custom resources that do not fit are named. */
const NAMED = 10

/**
 * Refuses changes of CRDs that what lives at the target does not survive: another scope, a
 * version that objects are stored in, a schema that a live custom resource does not meet.
 * Custom resources are only read where a schema takes less than before.
 *
 * @returns what people should know: which rules could not be tried
 * @throws PkgError CRD_UNSAFE that names every reason
 */
export async function assertDefinitionsSafe(
  view: View,
  changes: readonly Change[],
): Promise<string[]> {
  const updates = changes.filter(({ op, live, object }) => {
    return (op === 'update' || op === 'recreate') && live !== undefined && isDefinition(object)
  })
  const found = await inParallel(updates, PARALLEL, ({ object, live = object }) =>
    checkOne(view, live, object),
  )
  const reasons = found.flatMap(({ misfits }) => misfits)
  if (reasons.length === 0) return found.flatMap(({ notices }) => notices)
  throw new PkgError('CRD_UNSAFE', 'CRDs of the chart do not fit what the cluster holds', {
    details: reasons,
    hint: 'Change or remove what is named, or leave the CRDs as they are with --crds create.',
  })
}

interface Checked {
  misfits: string[]
  notices: string[]
}

async function checkOne(view: View, live: KubeObject, wanted: KubeObject): Promise<Checked> {
  const { refusals, narrowings, rules } = checkDefinition(live, wanted)
  const label = describeObject(wanted)
  if (refusals.length > 0) {
    return { misfits: refusals.map((each) => `${label}: ${each}`), notices: [] }
  }
  if (narrowings.length + rules.length === 0) return { misfits: [], notices: [] }
  const resources = await customResourcesOf(view, live)
  const notices = resources.length === 0 ? [] : rules.map((rule) => untried(label, rule))
  const misfits = narrowings.length === 0 ? [] : misfitsOf(wanted, resources)
  if (misfits.length === 0) return { misfits, notices }
  const more = misfits.length - NAMED
  const told = [
    ...narrowings.map((each) => `${label}: ${each}`),
    ...misfits.slice(0, NAMED),
    ...(more > 0 ? [`and ${more} more custom resources`] : []),
  ]
  return { misfits: told, notices }
}

function untried(label: string, rule: string): string {
  return `${label}: the rule at ${rule} is new, and not tried on the custom resources that live`
}

/** Custom resources that the version that serves them would refuse, one line each. */
function misfitsOf(definition: KubeObject, resources: readonly KubeObject[]): string[] {
  const versions = versionsOf(definition)
  const checks = new Map(versions.map(({ name, schema }) => [name, resourceCheck(schema)]))
  const stored = versions.find(({ storage }) => storage)?.name ?? ''
  return resources.flatMap((resource) => {
    const version = resource.apiVersion.slice(resource.apiVersion.indexOf('/') + 1)
    const wrong = (checks.get(version) ?? checks.get(stored))?.(resource) ?? []
    const { namespace, name } = resource.metadata
    const place = typeof namespace === 'string' ? `${namespace}/${name}` : name
    return wrong.length === 0 ? [] : [`${resource.kind} ${place}: ${wrong.join('; ')}`]
  })
}
