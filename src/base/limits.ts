/** Bounds on what comes from outside; each is generous for real charts. Sizes are in bytes. */
export const LIMITS = {
  archiveBytes: 64 * 1024 * 1024,
  downloadBytes: 100 * 1024 * 1024,
  /** The head of an answer over HTTP: what Go's client, and so Helm, reads. */
  headBytes: 10 * 1024 * 1024,
  indexBytes: 256 * 1024 * 1024,
  /** An index that only the general reader of YAML can read, which takes much more memory. */
  irregularIndexBytes: 64 * 1024 * 1024,
  /** All files of a chart and its subcharts together, decompressed. */
  treeBytes: 100 * 1024 * 1024,
  fileBytes: 5 * 1024 * 1024,
  treeFiles: 20_000,
  /** Charts of a tree, the outermost one not counted. */
  treeCharts: 1000,
  subchartDepth: 32,
  pathBytes: 1024,
  pathParts: 64,
  /** Milliseconds: a timer of Node that is set for longer goes off at once. */
  timer: 2 ** 31 - 1,
  yamlDepth: 1000,
  renderSteps: 50_000_000,
  stringBytes: 64 * 1024 * 1024,
  /** Values that one function goes through; what stands in two places counts twice. */
  values: 2_000_000,
  outputBytes: 64 * 1024 * 1024,
  /** Helm's own bound on nested `include` calls. */
  includeDepth: 1000,
  tplDepth: 250,
  /** Calls in one render of functions that take long by design: keys, certificates, passwords. */
  dearCalls: 50,
  partialDepth: 250,
  handlebarsBytes: 1024 * 1024,
  handlebarsNodes: 20_000,
  handlebarsNesting: 200,
  /** Helm's own bounds on `--set`. */
  setIndex: 65_536,
  setNesting: 30,
  recordBytes: 1_048_576,
  recordDecodedBytes: 64 * 1024 * 1024,
} as const
