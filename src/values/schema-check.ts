import { FAILED, type Failure, type RefusedNames } from './schema-failure.ts'
import { isList, isMap, type SchemaValue } from './schema-json.ts'
import type { SchemaNode } from './schema-node.ts'
import { pointerTo } from './schema-uri.ts'

/** Where parts of a checked schema are schemas of another draft. */
export interface MetaResources {
  /** Whether there are such parts at all. */
  readonly isMixed: boolean
  metaschemaAt: (pointer: string) => SchemaNode | undefined
}

/** What all checks of one run share. */
export interface Run {
  steps: number
  readonly resources: MetaResources | undefined
  /** Runs one check; set by the file that knows all keywords. */
  readonly check: (check: Check) => Failure | undefined
}

/** One value that is checked by one schema. */
export interface Check {
  readonly run: Run
  readonly schema: SchemaNode
  readonly value: SchemaValue
  readonly path: readonly string[]
  /** Whether only yes or no is asked for. */
  readonly quiet: boolean
  /** The metaschema at work, when the value is a schema. */
  readonly meta: SchemaNode | undefined
  /** The check this one is part of; of the same value when `isSameValue`. */
  readonly parent: Check | undefined
  readonly isSameValue: boolean
  /** The keyword of the reference that led here; empty when there was none. */
  readonly keyword: string
  readonly failures: Failure[]
  /** Properties and items that no keyword has spoken of; undefined when nobody asks. */
  unevaluated: Set<string> | undefined
}

/** Checks the same value by another schema. */
export function checkSelf(
  parent: Check,
  schema: SchemaNode,
  options: { quiet?: boolean; keyword?: string } = {},
): Failure | undefined {
  const { run, value, path, meta } = parent
  const check = openCheck(
    run,
    { schema, value, path, quiet: parent.quiet || options.quiet === true, meta },
    { parent, isSameValue: true, keyword: options.keyword ?? '' },
  )
  const failure = run.check(check)
  if (failure === undefined) keepUnevaluated(parent, check.unevaluated)
  return failure
}

/** Checks a property or an item by its schema. */
export function checkInner(
  parent: Check,
  schema: SchemaNode,
  { value, step }: { value: SchemaValue; step: string },
): Failure | undefined {
  const { run, path, quiet, meta } = parent
  const isPathNeeded = !quiet || run.resources?.isMixed === true
  const inner = isPathNeeded ? [...path, step] : path
  const check = openCheck(
    run,
    { schema, value, path: inner, quiet, meta },
    { parent, isSameValue: false, keyword: '' },
  )
  return run.check(check)
}

/** Notes a failure of the check's own. */
export function fail(check: Check, text: string, causes: readonly Failure[] = []): void {
  check.failures.push(check.quiet ? FAILED : { path: check.path, kind: 'plain', text, causes })
}

/** Notes that the value has names which are not allowed. */
export function failNames(check: Check, text: string, refused: RefusedNames): void {
  if (check.quiet) check.failures.push(FAILED)
  else check.failures.push({ path: check.path, kind: 'plain', text, causes: [], refused })
}

/** Notes a failure of a part, if there is one. */
export function note(check: Check, failure: Failure | undefined): void {
  if (failure !== undefined) check.failures.push(failure)
}

/** Checks a value as the root of a run of its own. */
export function checkAsRoot(run: Run, root: Omit<Opening, 'path'>): Failure | undefined {
  const { schema, quiet } = root
  const failure = run.check(openCheck(run, { ...root, path: [] }))
  if (failure === undefined || quiet) return failure
  return {
    path: [],
    kind: 'schema',
    text: `jsonschema validation failed with '${schema.location}'`,
    causes: failure.kind === 'group' ? failure.causes : [failure],
  }
}

interface Opening {
  schema: SchemaNode
  value: SchemaValue
  path: readonly string[]
  quiet: boolean
  meta: SchemaNode | undefined
}

interface Origin {
  parent: Check | undefined
  isSameValue: boolean
  keyword: string
}

const NO_ORIGIN: Origin = { parent: undefined, isSameValue: false, keyword: '' }

function openCheck(run: Run, opening: Opening, origin: Origin = NO_ORIGIN): Check {
  const { value, path, quiet } = opening
  // Inside a schema that is checked, a part may be of another draft.
  const isMeta = opening.meta !== undefined && opening.schema === opening.meta
  const isMixed = isMeta && run.resources?.isMixed === true
  const other = isMixed ? run.resources?.metaschemaAt(pointerTo('', ...path)) : undefined
  const schema = other ?? opening.schema
  const { parent, isSameValue, keyword } = origin
  const parentAsks = isSameValue && parent !== undefined && hasUnevaluated(parent)
  return {
    run,
    schema,
    value,
    path,
    quiet,
    meta: other ?? opening.meta,
    parent,
    isSameValue,
    keyword,
    failures: [],
    unevaluated: unevaluatedOf(schema, value, parentAsks),
  }
}

/** Whether something of the value is still unevaluated and somebody asks for it. */
export function hasUnevaluated({ unevaluated }: Check): boolean {
  return unevaluated !== undefined && unevaluated.size > 0
}

function unevaluatedOf(
  schema: SchemaNode,
  value: SchemaValue,
  parentAsks: boolean,
): Set<string> | undefined {
  if (isMap(value)) {
    if (schema.additionalProperties !== undefined) return undefined
    const asked = parentAsks || schema.unevaluatedProperties !== undefined
    return asked ? new Set(value.keys()) : undefined
  }
  if (isList(value)) {
    if (schema.otherItems !== undefined) return undefined
    if (!parentAsks && schema.unevaluatedItems === undefined) return undefined
    const first = schema.firstItems?.length ?? 0
    const rest = new Set<string>()
    for (let at = first; at < value.length; at++) rest.add(String(at))
    return rest
  }
  return undefined
}

/** What a part has evaluated, the whole has. */
function keepUnevaluated(check: Check, left: ReadonlySet<string> | undefined): void {
  for (const step of check.unevaluated ?? []) {
    if (left?.has(step) !== true) check.unevaluated?.delete(step)
  }
}
