import { expect, test } from 'vitest'
import { render } from './call.ts'

test.each([
  '{{ until 10000001 }}',
  '{{ seq 10000001 }}',
  '{{ untilStep 0 9223372036854775807 1 }}',
  '{{ repeat 67108865 "x" }}',
  '{{ repeat 9223372036854775807 "xy" }}',
  '{{ indent 67108865 "" }}',
  '{{ replace "" (repeat 1000000 "x") (repeat 100 "y") }}',
])('%s is refused before it takes the memory', (template) => {
  expect(() => render(template)).toThrow(expect.objectContaining({ code: 'RENDER_BUDGET' }))
})
