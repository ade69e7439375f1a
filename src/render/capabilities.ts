import { PkgError } from '../base/errors.ts'
import { method } from '../golang/function.ts'
import { GoStruct, withType, type GoType, type Value } from '../golang/value.ts'

/** A Kubernetes version as templates see it. */
export interface KubeVersion {
  /** In full, for example `v1.33.4-gke.1245000`. */
  version: string
  /** Without suffixes, for constraints: `v1.33.4`. */
  normalized: string
  major: string
  minor: string
}

/** What a render knows of the cluster. */
export interface Capabilities {
  kubeVersion: KubeVersion
  /** API versions, and kinds as `group/version/Kind` where a cluster or a person names them. */
  apiVersions: readonly string[]
}

/** Kubernetes 1.35, the version that Helm 4.1.4 is built for. */
const DEFAULT_KUBE_VERSION: KubeVersion = {
  version: 'v1.35.0',
  normalized: 'v1.35.0',
  major: '1',
  minor: '35',
}

/** What `.Capabilities.HelmVersion` says; charts compare it to know what templates can do. */
const HELM_VERSION = {
  Version: 'v4.1.4',
  GitCommit: '05fa37973dc9e42b76e1d2883494c87174b6074f',
  GitTreeState: 'clean',
  GoVersion: 'go1.25.9',
  KubeClientVersion: 'v1.35',
}

/**
 * API versions without a cluster, in Helm's order.
 *
 * Source: recorded from `helm template` 4.1.4, `.Capabilities.APIVersions`.
 */
const DEFAULT_API_VERSIONS = [
  'v1',
  'admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1',
  'admissionregistration.k8s.io/v1beta1 internal.apiserver.k8s.io/v1alpha1',
  'apps/v1 apps/v1beta1 apps/v1beta2',
  'authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1',
  'authorization.k8s.io/v1 authorization.k8s.io/v1beta1',
  'autoscaling/v1 autoscaling/v2 autoscaling/v2beta1 autoscaling/v2beta2',
  'batch/v1 batch/v1beta1',
  'certificates.k8s.io/v1 certificates.k8s.io/v1beta1 certificates.k8s.io/v1alpha1',
  'coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1',
  'discovery.k8s.io/v1 discovery.k8s.io/v1beta1',
  'events.k8s.io/v1 events.k8s.io/v1beta1',
  'extensions/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1beta3',
  'networking.k8s.io/v1 networking.k8s.io/v1beta1',
  'node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1',
  'policy/v1 policy/v1beta1',
  'rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1',
  'rbac.authorization.k8s.io/v1alpha1',
  'resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3',
  'scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1',
  'storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1',
  'storagemigration.k8s.io/v1beta1',
  'apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1',
].join(' ')

/** Capabilities without a cluster: Helm's defaults, another version, further API versions. */
export function offlineCapabilities(
  options: { kubeVersion?: string | undefined; apiVersions?: readonly string[] } = {},
): Capabilities {
  const { kubeVersion, apiVersions = [] } = options
  return {
    kubeVersion: kubeVersion ? parseKubeVersion(kubeVersion) : DEFAULT_KUBE_VERSION,
    apiVersions: [...DEFAULT_API_VERSIONS.split(' '), ...apiVersions],
  }
}

/**
 * Capabilities of a target that knows its own.
 *
 * Source: Helm 4.1.4 pkg/action/action.go, getCapabilities.
 */
export function targetCapabilities(target: {
  kubeVersion: { gitVersion: string; major: string; minor: string }
  apiVersions: readonly string[]
}): Capabilities {
  const { gitVersion, major, minor } = target.kubeVersion
  return {
    kubeVersion: { version: gitVersion, normalized: gitVersion, major, minor },
    apiVersions: target.apiVersions,
  }
}

/**
 * Reads what a person gives as Kubernetes version, for example `1.31` or `v1.31.4-eks-1`.
 *
 * @throws PkgError USAGE with Helm's text
 *
 * Source: Helm 4.1.4 pkg/chart/common/capabilities.go, ParseKubeVersion; Kubernetes
 * apimachinery util/version, ParseGeneric.
 */
export function parseKubeVersion(text: string): KubeVersion {
  const numbers = /^\s*v?([0-9]+(?:\.[0-9]+)*)/.exec(text)?.[1]
  if (numbers === undefined) throw refusal(text, `could not parse "${text}" as version`)
  const components = numbers.split('.')
  const [major = '', minor = ''] = components
  if (components.length < 2) throw refusal(text, `illegal version string "${text}"`)
  if (major.startsWith('0') && major !== '0') {
    throw refusal(text, `illegal zero-prefixed version component "${major}" in "${text}"`)
  }
  const tooLarge = components.find((component) => BigInt(component) >= 1n << 64n)
  if (tooLarge !== undefined) {
    const reason = `strconv.ParseUint: parsing "${tooLarge}": value out of range`
    const what = `illegal non-numeric version component "${tooLarge}" in "${text}"`
    throw refusal(text, `${what}: ${reason}`)
  }
  return {
    version: text.startsWith('v') ? text : `v${text}`,
    normalized: `v${components.map((component) => BigInt(component)).join('.')}`,
    major: String(BigInt(major)),
    minor: String(BigInt(minor)),
  }
}

/** The value of `.Capabilities`. */
export function capabilitiesValue({ kubeVersion, apiVersions }: Capabilities): GoStruct {
  const version = new GoStruct(
    KUBE_VERSION,
    new Map<string, Value>([
      ['Version', kubeVersion.version],
      ['normalizedVersion', kubeVersion.normalized],
      ['Major', kubeVersion.major],
      ['Minor', kubeVersion.minor],
    ]),
  )
  return new GoStruct(
    CAPABILITIES,
    new Map<string, Value>([
      ['KubeVersion', version],
      ['APIVersions', withType([...apiVersions] as Value[], VERSION_SET)],
      ['HelmVersion', new GoStruct(BUILD_INFO, new Map(Object.entries(HELM_VERSION)))],
    ]),
  )
}

const KUBE_VERSION: GoType = {
  name: 'common.KubeVersion',
  hasPointerMethods: true,
  fields: [
    { name: 'Version', json: 'Version' },
    { name: 'normalizedVersion', json: undefined },
    { name: 'Major', json: 'Major' },
    { name: 'Minor', json: 'Minor' },
  ],
  methods: {
    String: method([], (self) => fieldOf(self, 'normalizedVersion')),
    GitVersion: method([], (self) => fieldOf(self, 'Version')),
  },
}

const VERSION_SET: GoType = {
  name: 'common.VersionSet',
  zero: '',
  methods: {
    Has: method(['string'], (self, wanted: string) => Array.isArray(self) && self.includes(wanted)),
  },
}

const BUILD_INFO: GoType = {
  name: 'version.BuildInfo',
  fields: [
    { name: 'Version', json: 'version', omitEmpty: true },
    { name: 'GitCommit', json: 'git_commit', omitEmpty: true },
    { name: 'GitTreeState', json: 'git_tree_state', omitEmpty: true },
    { name: 'GoVersion', json: 'go_version', omitEmpty: true },
    { name: 'KubeClientVersion', json: 'kube_client_version' },
  ],
}

const CAPABILITIES: GoType = {
  name: '*common.Capabilities',
  kind: 'ptr',
  fields: [
    { name: 'KubeVersion', json: 'KubeVersion' },
    { name: 'APIVersions', json: 'APIVersions' },
    { name: 'HelmVersion', json: 'HelmVersion' },
  ],
  methods: { Copy: method([], (self) => self) },
}

function fieldOf(self: Value, name: string): Value {
  return self instanceof GoStruct ? (self.fields.get(name) ?? null) : null
}

function refusal(text: string, reason: string): PkgError {
  return new PkgError('USAGE', `invalid kube version '${text}': ${reason}`, {
    hint: 'Give the version as "1.31" or "v1.31.4".',
  })
}
