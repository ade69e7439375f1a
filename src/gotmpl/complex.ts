import { sprint } from '../golang/format.ts'
import { GoStruct, type GoType, type Value } from '../golang/value.ts'

/** Complex numbers can only be written down and printed, so they get no kind of their own. */
const COMPLEX: GoType = {
  name: 'complex128',
  methods: { String: (self) => (self instanceof GoStruct ? (self.fields.get('text') ?? '') : '') },
}

/** Whether the value is a complex number. */
export function isComplex(value: Value): boolean {
  return value instanceof GoStruct && value.type === COMPLEX
}

/** The value of a complex constant. */
export function complexValue([real, imaginary]: readonly [number, number]): Value {
  const sign = imaginary >= 0 ? '+' : ''
  const text = `(${sprint(real)}${sign}${sprint(imaginary)}i)`
  return new GoStruct(COMPLEX, new Map([['text', text]]))
}
