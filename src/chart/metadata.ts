/** Chart.yaml, field by field as Helm reads it; unknown fields stay in `extra`. */
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
  /** Strings, or maps with the keys `child` and `parent`. */
  importValues?: ImportValue[]
  alias?: string
}

export type ImportValue = string | { child: string; parent: string }
