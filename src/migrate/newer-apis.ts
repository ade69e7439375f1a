/** A newer API version of a kind that its server still serves in the old one, with the same fields. */
export function newerApi(apiVersion: string, kind: string): string | undefined {
  const [group = '', version = ''] = apiVersion.split('/')
  const { old, kinds } = ISTIO[group] ?? { old: [], kinds: [] }
  return old.includes(version) && kinds.includes(kind) ? `${group}/v1` : undefined
}

/** Source: the CRDs of Istio 1.30, which serve these in v1 too. */
const ISTIO: Record<string, { old: readonly string[]; kinds: readonly string[] }> = {
  'networking.istio.io': {
    old: ['v1alpha3', 'v1beta1'],
    kinds: [
      'DestinationRule',
      'Gateway',
      'ServiceEntry',
      'Sidecar',
      'VirtualService',
      'WorkloadEntry',
      'WorkloadGroup',
    ],
  },
  'security.istio.io': {
    old: ['v1beta1'],
    kinds: ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'],
  },
  'telemetry.istio.io': { old: ['v1alpha1'], kinds: ['Telemetry'] },
}
