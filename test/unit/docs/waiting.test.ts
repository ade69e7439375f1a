import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GRACE } from '../../../src/apply/diagnose-signs.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/waiting.md'), 'utf8')

test('the page tells every sign of failure with the time that makes it certain', () => {
  const rows = [...page.matchAll(/^\| ([A-Z][\w, ]+) \| .* \| (\d+ s|never: .*) \|$/gm)]
  const told = rows.flatMap(([, names = '', after = '']) =>
    names
      .split(', ')
      .map((name) => [name, after.startsWith('never') ? Infinity : parseInt(after, 10) * 1000]),
  )
  expect(Object.fromEntries(told)).toEqual(GRACE)
})
