import { PkgError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { CallCredentials, Credentials } from './endpoint.ts'
import type { Section } from './kubeconfig-section.ts'

/**
 * Shows the token of an OpenID Connect provider, and refreshes it when it is old.
 *
 * A refreshed token is kept for this run only.
 *
 * @throws PkgError KUBECONFIG_INVALID for a provider that kubectl no longer has
 */
export function providerCredentials(provider: Section): Credentials {
  const name = provider.text('name')
  if (name !== 'oidc') {
    provider.refuse(
      `has the auth-provider "${name}", which Kubernetes has removed`,
      'name',
      'Use the login program of the cloud: an "exec" of the user.',
    )
  }
  const user = { name: provider.name, authProvider: { name, config: provider.map('config') ?? {} } }
  let token: Promise<CallCredentials> | undefined
  return {
    current: () => (token ??= fetchToken(user)),
    renew: () => Promise.resolve(false),
  }
}

interface ProviderUser {
  name: string
  authProvider: { name: string; config: Record<string, Json> }
}

async function fetchToken(user: ProviderUser): Promise<CallCredentials> {
  const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js')
  try {
    const headers: Record<string, string> = {}
    await new OpenIDConnectAuth().applyAuthentication(user, { headers })
    const { Authorization: authorization } = headers
    if (authorization !== undefined) return { authorization }
  } catch (error) {
    // What the provider answers may hold tokens; only its kind leaves this place.
    throw failed(user, error instanceof Error ? error.name : 'unknown')
  }
  throw failed(user, 'id-token, refresh-token, client-id or idp-issuer-url is missing')
}

function failed({ name }: ProviderUser, reason: string): PkgError {
  return new PkgError('CREDENTIALS_FAILED', `no token for user "${name}": ${reason}`, {
    hint: 'Log in to the provider again.',
  })
}
