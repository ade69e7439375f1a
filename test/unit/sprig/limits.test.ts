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

const TWINS =
  '{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ $e = dict "a" $e "b" $e }}{{ end }}'
const PAIRS = '{{ range until 60 }}{{ $d = list $d $d }}{{ end }}'

test.each([
  'toJson $d',
  'toPrettyJson $d',
  'deepCopy $d',
  'deepEqual $d $e',
  'has $d (list $e)',
  'merge $d $e',
  'mergeOverwrite $d $e',
  'toString $d',
  'quote $d',
  'cat $d $d',
  'join "," (list $d $d)',
  'printf "%v" $d',
  'printf "%d" $d',
  'print $d',
])('%s is refused for a map that holds 2^60 others', (call) => {
  const template = `{{ $d := dict }}{{ $e := dict }}${TWINS}{{ ${call} }}`
  expect(() => render(template)).toThrow(expect.objectContaining({ code: 'RENDER_BUDGET' }))
})

test.each(['toJson $d', 'deepCopy $d', 'join "," $d', 'printf "%v" $d'])(
  '%s is refused for a list that holds 2^60 others',
  (call) => {
    const template = `{{ $d := list }}${PAIRS}{{ ${call} }}`
    expect(() => render(template)).toThrow(expect.objectContaining({ code: 'RENDER_BUDGET' }))
  },
)
