import { fn, type GoFunction, variadic } from '../golang/function.ts'
import { GoError, kindOf, typeName, type Value } from '../golang/value.ts'
import { isEmpty } from './cast.ts'
import { deepCopy, deepEqual } from './deep.ts'

/**
 * Gives the functions that choose between values, tell their types and stop a render.
 *
 * Source: Masterminds/sprig v3.3.0 defaults.go, reflect.go.
 */
export function logicFunctions(): Record<string, GoFunction> {
  return {
    hello: fn([], () => 'Hello!'),
    default: variadic(['any', 'any'], (fallback: Value, ...given: Value[]) =>
      isEmpty(given[0] ?? null) ? fallback : (given[0] ?? null),
    ),
    empty: fn(['any'], isEmpty),
    coalesce: variadic(['any'], (...values: Value[]) => {
      return values.find((value) => !isEmpty(value)) ?? null
    }),
    all: variadic(['any'], (...values: Value[]) => !values.some(isEmpty)),
    any: variadic(['any'], (...values: Value[]) => !values.every(isEmpty)),
    ternary: fn(['any', 'any', 'bool'], (yes: Value, no: Value, condition: boolean) =>
      condition ? yes : no,
    ),
    fail: fn(['string'], (message: string) => {
      throw new GoError(message)
    }),
    deepCopy: fn(['any'], copy),
    mustDeepCopy: fn(['any'], copy),
    deepEqual: fn(['any', 'any'], deepEqual),
    typeOf: fn(['any'], typeName),
    typeIs: fn(['string', 'any'], (name: string, value: Value) => name === typeName(value)),
    typeIsLike: fn(['string', 'any'], (name: string, value: Value) => {
      const actual = typeName(value)
      return name === actual || `*${name}` === actual
    }),
    kindOf: fn(['any'], kindOf),
    kindIs: fn(['string', 'any'], (kind: string, value: Value) => kind === kindOf(value)),
  }
}

function copy(value: Value): Value {
  if (value !== null) return deepCopy(value)
  throw new GoError('reflect: call of reflect.Value.Type on zero Value')
}
