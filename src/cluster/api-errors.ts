import { PkgError, type ErrorCode } from '../base/errors.ts'
import { isJsonObject, parseJson, type JsonObject } from '../base/json.ts'
import { redactText } from '../base/redact-text.ts'
import { SECRET_KEY } from '../base/secret-keys.ts'
import { FieldConflictError } from './field-conflict.ts'
import { readConflicts } from './conflicts.ts'
import { BAD_OBJECT } from './retry.ts'
import type { ApiAnswer } from './transport.ts'
import { WebhookError } from './webhook-error.ts'

/** What a call was about, for the text of its error. */
export interface Subject {
  /** What was done, as in `cannot apply Deployment/web`. */
  verb: string
  /** The object or kind, for example `Deployment/web`. */
  label: string
  /** Whether the object is a Secret, whose values an API server may quote. */
  isSecret?: boolean | undefined
}

/** Object of kind Status, as far as it is there. */
interface Status {
  reason: string
  message: string
  /** Resource that the server speaks of, for example `namespaces`. */
  kind: string
  causes: Cause[]
}

interface Cause {
  reason: string
  message: string
  field: string
}

/** Turns an answer that is a failure into the error for people; texts of servers are redacted. */
export function apiError(answer: ApiAnswer, subject: Subject): PkgError {
  const status = readStatus(answer)
  if (answer.status === 409 && status.causes.some(isConflict)) {
    return new FieldConflictError(subject.label, readConflicts(status.causes.filter(isConflict)))
  }
  const [, webhook, cause] = answer.status === 500 ? (SILENT.exec(status.message) ?? []) : []
  if (webhook !== undefined && cause !== undefined) {
    const text = shown({ ...status, message: cause }, subject)
    const message = `cannot ${subject.verb} ${subject.label}: webhook "${webhook}" cannot be asked: ${text}`
    return new WebhookError(message, webhook)
  }
  const code = codeOf(answer, status)
  const details = [...new Set(status.causes.map((cause) => causeLine(cause, subject)))]
  const text = details.length > 0 && answer.status === 422 ? SUMMARIES[code] : undefined
  return new PkgError(
    code,
    `cannot ${subject.verb} ${subject.label}: ${text ?? shown(status, subject)}`,
    {
      hint: answer.status === 403 ? hintOfRefusal(status) : (hintOfFields(status) ?? HINTS[code]),
      details: answer.status === 422 ? details : [],
    },
  )
}

/** Whether somebody else wrote the object meanwhile; a conflict over fields is another matter. */
export function isChanged(answer: ApiAnswer): boolean {
  const { reason, causes } = readStatus(answer)
  return reason === 'Conflict' && !causes.some(isConflict)
}

/** Whether an apply meant an object of another uid than the one there is, if there is one. */
export function isOtherObject(answer: ApiAnswer): boolean {
  const { reason, message, causes } = readStatus(answer)
  if (reason === 'Conflict') return message.includes('uid mismatch')
  return reason === 'Invalid' && causes.some(({ field }) => field === 'metadata.uid')
}

/** Whether the answer is a Status with this reason, for example `AlreadyExists`. */
export function hasReason(answer: ApiAnswer, reason: string): boolean {
  return readStatus(answer).reason === reason
}

/** What API servers say of a webhook that gave no answer, whose configuration wants one. */
const SILENT =
  /^Internal error occurred: failed calling webhook "([^"]{1,300})": (?:failed to call webhook: )?(.+)$/s

const SUMMARIES: Partial<Record<ErrorCode, string>> = {
  OBJECT_INVALID: 'the API server does not accept it',
  FIELD_IMMUTABLE: 'a field that can never be changed is different',
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  NOT_AUTHENTICATED: 'Log in to the cluster again; the token or certificate may have expired.',
  NAMESPACE_MISSING: 'Create the namespace, or add --create-namespace.',
  KIND_UNKNOWN: 'Install what defines the kind first, or choose a version that the cluster serves.',
  OBJECT_CHANGED: 'Run the same command again; it reads the object anew.',
  FIELD_IMMUTABLE: 'The object has to be deleted and made again: add --recreate.',
  CLUSTER_UNREACHABLE: 'Try again when the API server has less to do.',
  CLUSTER_FAILED: 'Try again; when it stays, the log of the API server says more.',
}

/** A right is missing; or one has it, and admission refuses all the same. */
function hintOfRefusal(status: Status): string {
  const { message } = status
  if (isTerminating(status)) return 'Wait until the namespace is gone, and make it anew.'
  if (/exceeded quota/.test(message)) return 'Ask for less, or have the quota raised.'
  return / is forbidden: (?!User ")|denied (?:the )?request/.test(message)
    ? RULE
    : 'Ask for the right, or use another context or --as.'
}

const RULE =
  'A rule of the cluster refuses the object, whoever asks: change it, or talk to who made the rule.'

/** Helm's merge on the client would clear the field; applying leaves it to whoever manages it. */
function hintOfFields({ causes, message }: Status): string | undefined {
  if (/provided port is already allocated|duplicate nodePort/.test(message)) {
    return 'Another Service has this nodePort, or another port of this one: choose another, or name none to be given one.'
  }
  if (/denied (?:the )?request/.test(message)) return RULE
  if (/expected string, got /.test(message)) {
    return 'The field holds text: write the value in quotes, in a template with "quote".'
  }
  if (message.includes('field not declared in schema')) {
    return 'The kind has no such field: look at its spelling, and at what it stands below.'
  }
  if (message.includes('provided IP is already allocated')) {
    return 'Another Service has this clusterIP: choose another, or name none to be given one.'
  }
  const isLeft = causes.some(({ message }) =>
    message.includes("when strategy `type` is 'Recreate'"),
  )
  return isLeft
    ? `Somebody else manages rollingUpdate. Take it out by "kubectl patch" with {"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}, and run the same command again.`
    : undefined
}

/** What API servers say of fields that stay as they were made. */
const IMMUTABLE =
  /immutable|updates to .{1,400} (?:is|are) forbidden|may not (?:be changed|change)|cannot (?:be changed|change|update)|can not be unset/i

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'OBJECT_INVALID',
  401: 'NOT_AUTHENTICATED',
  405: 'OBJECT_INVALID',
  413: 'OBJECT_INVALID',
  415: 'OBJECT_INVALID',
  429: 'CLUSTER_UNREACHABLE',
  502: 'CLUSTER_UNREACHABLE',
  503: 'CLUSTER_UNREACHABLE',
  504: 'CLUSTER_UNREACHABLE',
}

function codeOf({ status: code }: ApiAnswer, status: Status): ErrorCode {
  if (code === 403) return isTerminating(status) ? 'NAMESPACE_MISSING' : 'FORBIDDEN'
  if (code === 404) return status.kind === 'namespaces' ? 'NAMESPACE_MISSING' : 'KIND_UNKNOWN'
  if (code === 409) return status.reason === 'AlreadyExists' ? 'OBJECT_EXISTS' : 'OBJECT_CHANGED'
  if (code === 422) return isImmutable(status) ? 'FIELD_IMMUTABLE' : 'OBJECT_INVALID'
  if (code === 500 && BAD_OBJECT.test(status.message)) return 'OBJECT_INVALID'
  return CODES[code] ?? 'CLUSTER_FAILED'
}

function isTerminating({ causes }: Status): boolean {
  return causes.some(({ reason }) => reason === 'NamespaceTerminating')
}

/** Every cause must be one of a fixed field: what is wrong besides is not mended by making anew. */
function isImmutable({ causes, message }: Status): boolean {
  if (causes.length === 0) return IMMUTABLE.test(message)
  return causes.every((cause) => IMMUTABLE.test(cause.message))
}

function isConflict({ reason }: Cause): boolean {
  return reason === 'FieldManagerConflict'
}

/** The field and what is wrong; without the value when that may be a secret. */
function causeLine({ field, message: whole }: Cause, { isSecret }: Subject): string {
  const message = withoutObject(whole)
  const isHidden = isSecret === true || SECRET_KEY.test(field)
  const text = isHidden ? withoutValue(message) : redactText(message)
  return field === '' || field === '<nil>' ? text : `${field}: ${text}`
}

/**
 * `Invalid value: {…}: field is immutable` without the object, which can be a whole pod with its
 * environment; and without the differences that follow `spec is immutable` in Go's words.
 */
function withoutObject(message: string): string {
  const [text = ''] = message.split('\n@@', 1)
  return text.replace(/^(\w+ value): [\w.*&]*[{[].*[}\]]: /s, '$1: ').trimEnd()
}

/** `Invalid value: "x": must be …` without the value. */
function withoutValue(message: string): string {
  const [, kind, rest] =
    /^((?:Invalid|Unsupported|Duplicate) value): (?:"(?:[^"\\]|\\.)*"|\S+?)((?:: .*)?)$/s.exec(
      message,
    ) ?? []
  return kind === undefined ? redactText(message) : `${kind}${rest}`
}

function shown({ message }: Status, { isSecret }: Subject): string {
  if (isSecret !== true) return redactText(message.replaceAll(GO_VALUE, '$1'))
  const text = message.replaceAll(/value: "(?:[^"\\]|\\.)*"/g, 'value')
  return redactText(text.replaceAll(GO_VALUE, 'something else'))
}

/** How a server names a value of the wrong type, which is Go's way to print its own struct. */
const GO_VALUE = /&value\.valueUnstructured\{Value:(.*?)\}(?=$|\n|,| \()/gs

function readStatus({ status, body }: ApiAnswer): Status {
  const value = parseObject(body)
  if (value?.['kind'] !== 'Status')
    return { reason: '', message: plain(status, body), kind: '', causes: [] }
  const details = isJsonObject(value['details']) ? value['details'] : {}
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isJsonObject) : []
  return {
    reason: textOf(value['reason']),
    message: textOf(value['message']) || `the API server answered ${status}`,
    kind: textOf(details['kind']),
    causes: causes.map((cause) => ({
      reason: textOf(cause['reason']),
      message: textOf(cause['message']),
      field: textOf(cause['field']),
    })),
  }
}

function parseObject(body: string): JsonObject | undefined {
  if (!body.trimStart().startsWith('{')) return undefined
  const value = parseJson(body)
  return isJsonObject(value) ? value : undefined
}

/** What did not come from an API server, but for example from a balancer before it. */
function plain(status: number, body: string): string {
  const [, title = ''] = /<title[^>]*>([^<]*)<\/title>/i.exec(body) ?? []
  const isPage = /^\s*</.test(body)
  const line = (isPage ? title : body).trim().split('\n', 1)[0]?.slice(0, 200).trim() ?? ''
  const kind = isPage ? ' with a web page' : ''
  return line === ''
    ? `the server answered ${status}${kind}`
    : `the server answered ${status}${kind}: ${line}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
