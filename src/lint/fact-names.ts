import { alike, FACTS, spoken, type Problem } from './known-values.ts'

/** A field that a fact does not have. */
export function missingFact(root: string, field: string): Problem | undefined {
  const fact = root.toLowerCase()
  const fields = FACTS[fact]
  if (fields?.every((name) => name.toLowerCase() !== field.toLowerCase()) !== true) return undefined
  const meant = alike(field, fields)
  const advice =
    fields.length > 10 && meant !== undefined
      ? `no such field; did you mean "${meant}"?`
      : `only ${fields.join(', ')}`
  return { severity: 'error', message: `${root}.${field} is read, but ${fact} has ${advice}` }
}

interface Around {
  /** It has the name of a function and stands among the arguments of a call. */
  isCall: boolean
  isInPartial: boolean
  /** Names that `values` has. */
  values: readonly string[]
}

/**
 * A name that no template sees: a value without `values.`, a fact that is written otherwise, or a
 * call that lacks its brackets. Partials may wait for a name that nobody gives.
 */
export function bareName(path: readonly string[], around: Around): Problem | undefined {
  const [root = ''] = path
  const name = path.join('.')
  if (path.length === 1 && root.toLowerCase() in FACTS) return undefined
  const tell = (advice: string): Problem => ({
    severity: 'warning',
    message: `${name} is read, but templates see no "${root}"; ${advice}`,
  })
  if (around.isCall) {
    return around.isInPartial ? undefined : tell(`put the call into parentheses: (${root} …)`)
  }
  const fact = alike(root, Object.keys(FACTS))
  if (fact !== undefined) return tell(`did you mean "${fact}"?`)
  const value = around.values.includes(root) ? root : alike(root, around.values)
  if (value !== undefined) return tell(`did you mean "${spoken([value, ...path.slice(1)])}"?`)
  if (around.isInPartial) return undefined
  return tell('names begin with values, release, chart, capabilities, files, subcharts or template')
}
