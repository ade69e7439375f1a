/* Generated from schemas/chart.schema.json; change the schema and run "npm run types". */

/**
 * Chart.yaml: what a chart is called, which version it has and what it depends on.
 */
export interface ChartYaml {
  /**
   * Version of the chart format.
   */
  apiVersion: 'v1' | 'v2'
  /**
   * Name of the chart.
   */
  name: string
  /**
   * Semantic version of the chart.
   */
  version: string
  /**
   * Range of Kubernetes versions that the chart supports.
   */
  kubeVersion?: string
  /**
   * One sentence about the chart.
   */
  description?: string
  /**
   * A library chart renders nothing by itself.
   */
  type?: 'application' | 'library'
  /**
   * Words to find the chart by.
   */
  keywords?: string[]
  /**
   * URL of the project’s page.
   */
  home?: string
  /**
   * URLs of the project’s sources.
   */
  sources?: string[]
  /**
   * Charts that this one contains.
   */
  dependencies?: ChartDependency[]
  /**
   * People who look after the chart.
   */
  maintainers?: {
    name?: string
    email?: string
    url?: string
    [k: string]: unknown
  }[]
  /**
   * URL of a picture.
   */
  icon?: string
  /**
   * Version of what the chart installs.
   */
  appVersion?: string
  /**
   * Whether the chart should no longer be used.
   */
  deprecated?: boolean
  /**
   * Further facts, by key.
   */
  annotations?: {
    [k: string]: string
  }
  [k: string]: unknown
}
export interface ChartDependency {
  /**
   * Name of the chart depended on.
   */
  name: string
  /**
   * Range of versions that will do.
   */
  version?: string
  /**
   * URL of its repository, or @ALIAS.
   */
  repository?: string
  /**
   * Paths of values, separated by commas; the first that is a boolean switches the chart.
   */
  condition?: string
  /**
   * Tags that switch several charts together.
   */
  tags?: string[]
  /**
   * Values of the chart that are copied into the parent’s.
   */
  'import-values'?: (
    | string
    | {
        child: string
        parent: string
        [k: string]: unknown
      }
  )[]
  /**
   * Another name, to depend on one chart twice.
   */
  alias?: string
  [k: string]: unknown
}
