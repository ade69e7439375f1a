import type { Value } from '../golang/value.ts'

/** Chart.yaml, field by field as Helm reads it; a field that is empty is left out. */
export interface ChartMetadata {
  name: string
  home?: string
  sources?: string[]
  version: string
  description?: string
  keywords?: string[]
  maintainers?: Maintainer[]
  icon?: string
  apiVersion: string
  condition?: string
  tags?: string
  appVersion?: string
  deprecated?: boolean
  annotations?: Map<string, string>
  kubeVersion?: string
  dependencies?: Dependency[]
  type?: string
  /** Fields that Helm does not know, as read; Helm drops them. */
  extra?: Map<string, Value>
}

export interface Maintainer {
  name?: string
  email?: string
  url?: string
}

export interface Dependency {
  name: string
  version?: string
  repository: string
  condition?: string
  tags?: string[]
  enabled?: boolean
  /** Strings, or maps with the keys `child` and `parent`; Helm lets anything else pass. */
  importValues?: Value[]
  alias?: string
}
