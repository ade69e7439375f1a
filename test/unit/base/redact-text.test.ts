import { expect, test } from 'vitest'
import { hideKnown, redactText } from '../../../src/base/redact-text.ts'
import { processorTime } from '../../support/processor-time.ts'

test.each([
  ['password=hunter2 rest', 'password=[hidden] rest'],
  ['{"apiKey":"hunter2","a":"b"}', '{"apiKey":[hidden],"a":"b"}'],
  ['{\\"token\\":\\"hunter2\\"}', '{\\"token\\":[hidden]}'],
  [
    'data.password: Invalid value: "hunter2": too short',
    'data.password: Invalid value: [hidden]: too short',
  ],
  ['spec.secretName: Required value', 'spec.secretName: Required value'],
  ['secrets "web" not found', 'secrets "web" not found'],
  ['secrets is forbidden: User "x" cannot list', 'secrets is forbidden: User "x" cannot list'],
  ['https://me:hunter2@host/path', 'https://host/path'],
  [
    'GET /x?X-Amz-Signature=hunter2&a=b&sig=hunter2',
    'GET /x?X-Amz-Signature=[hidden]&a=b&sig=[hidden]',
  ],
  ['Authorization: Bearer hunter2', 'Authorization: [hidden]'],
  ['a\nX-Auth-Token: hunter2\nb', 'a\nX-Auth-Token: [hidden]\nb'],
  ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl.', 'got [hidden].'],
  ['-----BEGIN PRIVATE KEY-----\nMIIhunter2\n-----END PRIVATE KEY-----\nx', '[hidden]\nx'],
  ['-----BEGIN EC PRIVATE KEY-----\nMIIhunter2', '[hidden]'],
  ['nothing to see', 'nothing to see'],
])('%s', (text, shown) => {
  expect(redactText(text)).toBe(shown)
})

test('known credentials are hidden in every form, but for those that are too short', () => {
  const secret = 'a/b c+d?'
  const forms = [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]
  expect(hideKnown(forms.join('|'), [secret, 'x'])).toBe('[hidden]|[hidden]|[hidden]')
  expect(hideKnown('xyz', ['x'])).toBe('xyz')
})

test('long texts take no long time', () => {
  const parts = [
    'token',
    'a.',
    'a-',
    '://',
    'a://',
    '\\"',
    'eyJ-',
    'eyJaaaaaaaa.',
    '?',
    '&sig',
    'x-',
    'k:"',
    'k:\\"',
    "k='",
    'k: Invalid value: ',
    '-----BEGIN A',
  ]
  const texts = parts.map((part) => part.repeat(50_000))
  const start = processorTime()
  for (const text of texts) redactText(text)
  expect(processorTime() - start).toBeLessThan(2000)
})
