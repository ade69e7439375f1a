import { expect, test } from 'vitest'
import { repeatTarget } from '../../../src/cli/repeat-target.ts'

const GIVEN = new Map([
  ['target', ['dir:other', 'dir:./my out']],
  ['namespace', ['shop']],
  ['context', ['prod']],
  ['token', ['hunter2']],
])

test.each([
  {
    title: 'a command that acts on a release gets all that chooses it, but no credentials',
    text: 'Run "kubectl pkg rollback web 2", or "kubectl pkg abort web" first.',
    want: `Run "kubectl pkg rollback web 2 --namespace shop --target 'dir:./my out' --context prod", or "kubectl pkg abort web --namespace shop --target 'dir:./my out' --context prod" first.`,
  },
  {
    title: 'one that names its namespace, or none, keeps that',
    text: '"kubectl pkg list -A" and "kubectl pkg repair web --namespace a"',
    want: `"kubectl pkg list -A --target 'dir:./my out' --context prod" and "kubectl pkg repair web --namespace a --target 'dir:./my out' --context prod"`,
  },
  {
    title: 'one that looks at no target stays',
    text: 'Run "kubectl pkg repo add NAME URL" or "kubectl pkg template".',
    want: 'Run "kubectl pkg repo add NAME URL" or "kubectl pkg template".',
  },
])('$title', ({ text, want }) => {
  expect(repeatTarget(text, GIVEN)).toBe(want)
})

test('without flags all stays', () => {
  const text = 'Run "kubectl pkg rollback web".'
  expect(repeatTarget(text, new Map())).toBe(text)
})

test('a quote in a value is one for the shell', () => {
  expect(repeatTarget('"kubectl pkg list"', new Map([['target', ["dir:a'b"]]]))).toBe(
    String.raw`"kubectl pkg list --target 'dir:a'\''b'"`,
  )
})
