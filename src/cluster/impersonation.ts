import { PkgError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { KubeFlags } from './kubeconfig-choice.ts'
import type { Section } from './kubeconfig-section.ts'

type Headers = Record<string, string | string[]>

/**
 * Headers that ask the API server to act for somebody else; flags come before the kubeconfig.
 *
 * Source: Kubernetes client-go 0.35 transport/round_trippers.go.
 *
 * @throws PkgError USAGE when groups or a uid are named, but no user
 */
export function impersonationOf(user: Section | undefined, flags: KubeFlags): Headers {
  const name = flags.as || (user?.text('as') ?? '')
  const groups = groupsOf(user, flags)
  const uid = flags.asUid || (user?.text('as-uid') ?? '')
  if (name === '') {
    if (groups.length === 0 && uid === '') return {}
    throw new PkgError('USAGE', 'groups or a uid are to be acted for, but no user is named', {
      hint: 'Name the user with --as.',
    })
  }
  return {
    'impersonate-user': name,
    ...(groups.length > 0 ? { 'impersonate-group': groups } : {}),
    ...(uid === '' ? {} : { 'impersonate-uid': uid }),
    ...extraHeaders(user?.map('as-user-extra') ?? {}),
  }
}

function groupsOf(user: Section | undefined, { asGroups = [] }: KubeFlags): string[] {
  return asGroups.length > 0 ? [...asGroups] : (user?.texts('as-groups') ?? [])
}

/** Whatever stands in the name of a header that it cannot hold is escaped. */
function extraHeaders(extra: Readonly<Record<string, Json>>): Headers {
  const headers: Headers = {}
  for (const [key, values] of Object.entries(extra)) {
    const texts = Array.isArray(values) ? values : [values]
    const name = `impersonate-extra-${encodeURIComponent(key).toLowerCase()}`
    headers[name] = texts.filter((text) => typeof text === 'string')
  }
  return headers
}
