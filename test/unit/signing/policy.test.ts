import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPolicy } from '../../../src/signing/policy.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const folder = temporaryFolder()

function policy(text: string) {
  const path = join(folder, 'policy.yaml')
  writeFileSync(path, text)
  return readPolicy(path)
}

const RULES = `
rules:
- match: oci://ghcr.io/acme/*
  cosign: {keys: [acme.pub, /etc/keys/other.pub]}
- match: oci://ghcr.io/acme/**
  provenance: {keyring: acme.gpg}
- match: https://charts.example.com/**
  trust: true
`

test.each([
  [
    'oci://ghcr.io/acme/web',
    { cosignKeys: [join(folder, 'acme.pub'), '/etc/keys/other.pub'], keyring: undefined },
  ],
  ['oci://ghcr.io/acme/deep/web', { cosignKeys: undefined, keyring: join(folder, 'acme.gpg') }],
  ['https://charts.example.com/a/web-1.0.0.tgz', { cosignKeys: undefined, keyring: undefined }],
  ['https://charts.example.com.evil.net/web.tgz', undefined],
  ['https://chartsxexample.com/web.tgz', undefined],
  ['oci://ghcr.io/acme', undefined],
  ['xoci://ghcr.io/acme/web', undefined],
  ['oci://ghcr.io/acme/a/b\n', { cosignKeys: undefined, keyring: join(folder, 'acme.gpg') }],
])('the rule for %j is found', (place, want) => {
  const rule = policy(RULES).ruleFor(place)
  expect(rule && { cosignKeys: rule.cosignKeys, keyring: rule.keyring }).toEqual(want)
})

test.each([
  ['', false],
  ['otherwise: accept', false],
  ['otherwise: refuse', true],
])('what no rule matches, with %j, is refused: %s', (line, want) => {
  expect(policy(`rules: []\n${line}\n`).refusesOthers).toBe(want)
})

test.each([
  ['nothing', ''],
  ['a list', '[]'],
  ['no rules', 'otherwise: refuse'],
  ['rules that are no list', 'rules: {}'],
  ['an unknown key', 'rules: []\nextra: 1'],
  ['another word for others', 'rules: []\notherwise: deny'],
  ['a rule that is no map', 'rules: [x]'],
  ['a rule without a match', 'rules: [{trust: true}]'],
  ['a rule that asks for nothing', 'rules: [{match: "**"}]'],
  ['a rule that trusts and asks', 'rules: [{match: "**", trust: true, provenance: {keyring: a}}]'],
  ['trust that is false', 'rules: [{match: "**", trust: false, provenance: {keyring: a}}]'],
  ['a misspelt key of a rule', 'rules: [{match: "**", cosing: {keys: [a]}}]'],
  ['no keys', 'rules: [{match: "**", cosign: {keys: []}}]'],
  ['a key that is no name', 'rules: [{match: "**", cosign: {keys: [1]}}]'],
  ['a misspelt key of cosign', 'rules: [{match: "**", cosign: {keys: [a], key: b}}]'],
  ['no keyring', 'rules: [{match: "**", provenance: {}}]'],
  ['what is no YAML', 'rules: ['],
])('a policy with %s is refused', (_, text) => {
  expect(() => policy(text)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }))
})

test('a policy that is named and not there is refused', () => {
  expect(() => readPolicy(join(folder, 'none.yaml'))).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID' }),
  )
})

/** Of two rules the first wants a proof, and the second matches what lies beside it. */
const SPELLED = `
rules:
- match: https://Charts.Example.com:443/stable/**
  provenance: {keyring: acme.gpg}
- match: '**'
  trust: true
`

test.each([
  'https://charts.example.com/stable/web-1.0.0.tgz',
  'https://CHARTS.example.com/stable/web-1.0.0.tgz',
  'https://charts.example.com./stable/web-1.0.0.tgz',
  'https://charts.example.com:443/stable/web-1.0.0.tgz',
  'https://charts.example.com//stable/web-1.0.0.tgz',
  'https://charts.example.com/other/../stable/web-1.0.0.tgz',
  'https://charts.example.com/other/%2e%2e/stable/web-1.0.0.tgz',
  'https://charts.example.com/st%61ble/web-1.0.0.tgz',
  'https://charts.example.com/stable/web-1.0.0.tgz?x=1#y',
])('no spelling leads around a rule: %s', (place) => {
  expect(policy(SPELLED).ruleFor(place)?.keyring).toBe(join(folder, 'acme.gpg'))
})

test.each([
  'https://charts.example.com/stable/../other/web-1.0.0.tgz',
  'https://charts.example.com:8443/stable/web-1.0.0.tgz',
  'http://charts.example.com/stable/web-1.0.0.tgz',
  'https://charts.example.com/stable%2Fweb-1.0.0.tgz',
])('what is another place is not taken for one that a rule is about: %s', (place) => {
  expect(policy(SPELLED).ruleFor(place)).toMatchObject({ match: '**', keyring: undefined })
})
