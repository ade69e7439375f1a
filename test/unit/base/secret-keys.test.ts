import { expect, test } from 'vitest'
import { quotableLine } from '../../../src/base/secret-keys.ts'

/** The last line of the text, as an error would quote it. */
function quoted(text: string): string {
  const lines = text.split('\n')
  return quotableLine(lines, lines.length - 1)
}

test.each([
  { text: 'port: 80', want: 'port: 80' },
  { text: 'password: 1234', want: 'password: [hidden]' },
  { text: '  adminPassword: "a: b"', want: '  adminPassword: [hidden]' },
  { text: '- apiKey: x', want: '- apiKey: [hidden]' },
  { text: 'tokens:\n  - one', want: '  - [hidden]' },
  { text: 'tokens:\n- one', want: '- [hidden]' },
  { text: 'secrets:\n  db:\n    user: me', want: '    user: [hidden]' },
  { text: 'secrets:\n  db: x\nport: 80', want: 'port: 80' },
  { text: 'password:', want: 'password:' },
  { text: 'credentials: |\n  line of a block', want: '  [hidden]' },
  { text: '', want: '' },
])('$text is quoted as $want', ({ text, want }) => {
  expect(quoted(text)).toBe(want)
})
