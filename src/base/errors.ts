/** Where in a person's own file something is wrong. Lines and columns count from 1. */
export interface SourceSpan {
  /** Path as the person knows it, for example `web/templates/service.yaml`. */
  file: string
  line?: number
  column?: number
  /** Text of that line, for the view that draws a caret under it. */
  source?: string
}

interface ErrorSpec {
  exit: number
  summary: string
}

/**
 * Every failure a person can meet, in one table.
 *
 * The key is the stable code printed by `-o json` and used in tests and docs; `exit` is
 * the process status. Programmer mistakes are not here: they throw a plain `Error`.
 */
export const ERRORS = {
  USAGE: { exit: 1, summary: 'the command line is wrong' },
  FILE_UNREADABLE: { exit: 1, summary: 'a file cannot be read' },
  FILE_UNWRITABLE: { exit: 1, summary: 'a file cannot be written' },

  CHART_NOT_FOUND: { exit: 1, summary: 'there is no chart at the reference' },
  CHART_INVALID: { exit: 6, summary: 'a chart is not well-formed' },
  CHART_TOO_LARGE: { exit: 6, summary: 'a chart is larger than a limit' },
  ARCHIVE_UNSAFE: { exit: 6, summary: 'an archive holds an entry that could do harm' },
  DEPENDENCY_MISSING: { exit: 6, summary: 'a chart lacks a dependency it declares' },
  CHART_LOCK_OUT_OF_STEP: { exit: 5, summary: 'Chart.lock does not match Chart.yaml' },
  KUBE_VERSION_UNMET: { exit: 6, summary: 'the chart does not support the Kubernetes version' },

  YAML_INVALID: { exit: 6, summary: 'a YAML file is not well-formed' },
  PRESET_NOT_FOUND: { exit: 6, summary: 'the chart has no preset of that name' },
  VALUES_UNREADABLE: { exit: 6, summary: 'values cannot be read' },
  SET_SYNTAX: { exit: 6, summary: 'a --set expression is not well-formed' },
  VALUES_ODD: { exit: 6, summary: 'values stand twice or are read by no template' },
  VALUES_REJECTED: { exit: 6, summary: 'values do not meet the chart’s schema' },
  SCHEMA_INVALID: { exit: 6, summary: 'values.schema.json is not a usable schema' },

  TEMPLATE_SYNTAX: { exit: 9, summary: 'a template cannot be parsed' },
  TEMPLATE_FAILED: { exit: 9, summary: 'a template failed while it was rendered' },
  RENDER_BUDGET: { exit: 9, summary: 'a template used more than its budget' },
  POST_RENDER_FAILED: { exit: 9, summary: 'the post-renderer failed' },
  MANIFEST_INVALID: { exit: 6, summary: 'a rendered manifest is not a Kubernetes object' },
  MIGRATION_REFUSED: { exit: 6, summary: 'old manifests cannot be migrated as they stand' },
  LINT_FAILED: { exit: 1, summary: 'lint found errors' },

  CRD_UNSAFE: { exit: 6, summary: 'a CRD does not fit what the cluster holds' },
  DATA_LOSS: { exit: 4, summary: 'a plan would lose data' },
  IMPACT_TOO_HIGH: { exit: 4, summary: 'a plan does more than is allowed' },
  PLAN_INVALID: { exit: 6, summary: 'a file is no plan that can be applied' },
  PLAN_OUTDATED: { exit: 4, summary: 'an approved plan no longer fits the target' },
  SEQUENCE_CYCLE: { exit: 6, summary: 'what a chart puts in order waits for itself' },

  RELEASE_NAME_INVALID: { exit: 6, summary: 'the release name cannot be used' },
  RELEASE_EXISTS: { exit: 1, summary: 'the release name is in use' },
  RELEASE_NOT_FOUND: { exit: 1, summary: 'there is no release of that name' },
  REVISION_NOT_FOUND: { exit: 1, summary: 'the release has no such revision' },
  NOTHING_PENDING: { exit: 1, summary: 'the release has nothing to resume or abort' },
  RELEASE_PENDING: { exit: 4, summary: 'another run has not finished with the release' },
  RELEASE_UNREADABLE: { exit: 6, summary: 'a stored release cannot be decoded' },
  RELEASE_TOO_LARGE: { exit: 6, summary: 'a release is larger than a record can hold' },
  RELEASE_LOCKED: { exit: 4, summary: 'another run holds the release' },
  LOCK_LOST: { exit: 4, summary: 'another run took the release over' },
  OBJECT_NOT_OWNED: { exit: 4, summary: 'an object belongs to another release' },
  APPLY_FAILED: { exit: 1, summary: 'an object could not be applied' },
  RECORD_NOT_WRITTEN: { exit: 10, summary: 'applied, but not recorded' },
  WAIT_TIMED_OUT: { exit: 3, summary: 'objects were applied but are not ready' },
  NOT_READY: { exit: 3, summary: 'objects were applied and cannot become ready' },
  HOOK_FAILED: { exit: 1, summary: 'a hook failed' },
  TEST_FAILED: { exit: 1, summary: 'a test of a release failed' },

  TARGET_INVALID: { exit: 1, summary: 'the target cannot be used' },
  KUBECONFIG_INVALID: { exit: 1, summary: 'the kubeconfig cannot be used' },
  CREDENTIALS_FAILED: { exit: 8, summary: 'a program gave no credentials for the cluster' },
  CLUSTER_UNREACHABLE: { exit: 7, summary: 'the API server does not answer' },
  NOT_AUTHENTICATED: { exit: 8, summary: 'the API server does not accept the credentials' },
  FORBIDDEN: { exit: 8, summary: 'the API server does not allow this to this user' },
  KIND_UNKNOWN: { exit: 8, summary: 'the target does not know a kind of object' },
  NAMESPACE_MISSING: { exit: 1, summary: 'a namespace is not there, or is going away' },
  OBJECT_EXISTS: { exit: 4, summary: 'an object is there already' },
  OBJECT_CHANGED: { exit: 4, summary: 'an object was changed by somebody else' },
  OBJECT_INVALID: { exit: 8, summary: 'the API server does not accept an object' },
  FIELD_CONFLICT: { exit: 4, summary: 'fields of an object are managed by somebody else' },
  FIELD_IMMUTABLE: { exit: 8, summary: 'a field of an object can never be changed' },
  CLUSTER_FAILED: { exit: 7, summary: 'the API server failed' },
  WEBHOOK_FAILED: { exit: 7, summary: 'a webhook that checks an object cannot be asked' },
  REPOSITORY_UNKNOWN: { exit: 1, summary: 'no repository of that name is configured' },
  REPOSITORY_EXISTS: { exit: 1, summary: 'a repository of that name is configured otherwise' },
  REPOSITORY_UNREACHABLE: { exit: 7, summary: 'a repository cannot be reached or fails' },
  INDEX_INVALID: { exit: 6, summary: 'an index.yaml cannot be used' },
  INDEX_SUSPECT: { exit: 5, summary: 'an index went back, or gives a version other bytes' },
  VERSION_NOT_FOUND: { exit: 1, summary: 'a repository has no such version of a chart' },
  VERSION_PUBLISHED: { exit: 4, summary: 'a version of a chart is published already' },
  DEPENDENCY_CONFLICT: { exit: 6, summary: 'charts want versions of a dependency that differ' },
  OFFLINE: { exit: 7, summary: 'something is needed that the cache does not hold' },
  OCI_REFERENCE_INVALID: { exit: 1, summary: 'a reference into a registry is not well-formed' },
  OCI_INVALID: { exit: 6, summary: 'what a registry serves is not a well-formed chart' },
  CREDENTIALS_UNREADABLE: { exit: 1, summary: 'stored logins cannot be read' },
  REGISTRY_DENIED: { exit: 8, summary: 'a registry refuses the credentials' },
  REGISTRY_FAILED: { exit: 7, summary: 'a registry cannot be reached or fails' },
  DIGEST_MISMATCH: { exit: 5, summary: 'bytes are not those that a digest names' },
  PROVENANCE_FAILED: { exit: 5, summary: 'a provenance file does not vouch for a chart' },
  SIGNATURE_FAILED: { exit: 5, summary: 'a signature is missing or does not hold' },
  BUNDLE_INVALID: { exit: 6, summary: 'a bundle is damaged or not well-formed' },
  BUNDLE_INCOMPLETE: { exit: 5, summary: 'a bundle lacks something that its charts need' },
  POLICY_INVALID: { exit: 6, summary: 'a signing policy cannot be used' },
  SIGNING_FAILED: { exit: 1, summary: 'a signature cannot be made' },
  URL_REFUSED: { exit: 6, summary: 'a URL is of a kind that is not fetched' },
  URL_UNREACHABLE: { exit: 7, summary: 'a URL cannot be fetched' },
  PLUGIN_UNKNOWN: { exit: 1, summary: 'no plugin of that name is installed' },
  PLUGIN_FAILED: { exit: 1, summary: 'npm could not change the plugins' },
  PLUGIN_INVALID: { exit: 6, summary: 'a plugin cannot be used' },
  INTERRUPTED: { exit: 130, summary: 'interrupted' },
  TERMINATED: { exit: 143, summary: 'ended by a signal' },
} as const satisfies Record<string, ErrorSpec>

export type ErrorCode = keyof typeof ERRORS

export interface PkgErrorOptions {
  /** One sentence that says what to do next, often a command to run. */
  hint?: string | undefined
  span?: SourceSpan | undefined
  cause?: unknown
  /** Further findings of the same failure, one line each. */
  details?: readonly string[] | undefined
}

/** A failure that is the person's to solve: it says what, where and what to do next. */
export class PkgError extends Error {
  override readonly name = 'PkgError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly span: SourceSpan | undefined
  readonly details: readonly string[]

  /** @param message what failed, with the offending name in quotes; no capital, no full stop */
  constructor(code: ErrorCode, message: string, options: PkgErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.span = options.span
    this.details = options.details ?? []
  }

  /** The process status this failure ends with. */
  get exit(): number {
    return ERRORS[this.code].exit
  }
}
