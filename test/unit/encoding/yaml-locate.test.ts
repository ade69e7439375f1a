import { expect, test } from 'vitest'
import { yamlComments, yamlLocator } from '../../../src/encoding/yaml-locate.ts'

const VALUES = `# How many pods.
# At least one.
replicas: 2 # default

image:
  # not right above

  repository: nginx # where from
  tag: "1.0"
ports:
  - name: http # the first
    number: 80
  - {name: admin, number: 81} # flow
base: &base {cpu: 1}
limits:
  <<: *base
  memory: 2
yes: 1
`

test.each([
  { path: ['replicas'], at: [3, 1] },
  { path: ['image', 'tag'], at: [9, 3] },
  { path: ['ports', 1], at: [13, 5] },
  { path: ['ports', 1, 'number'], at: [13, 19] },
  { path: ['limits', 'cpu'], at: [14, 14] },
  { path: ['true'], at: [18, 1] },
  { path: [], at: [3, 1] },
])('$path stands at line and column $at', ({ path, at }) => {
  expect(yamlLocator(VALUES)(path)).toEqual({ line: at[0], column: at[1] })
})

test.each([[['missing']], [['replicas', 'deeper']], [['ports', 2]]])('%j is nowhere', (path) => {
  expect(yamlLocator(VALUES)(path)).toBeUndefined()
})

test('the last of equal keys is found, which is the one that counts', () => {
  expect(yamlLocator('a: 1\na: 2\n')(['a'])).toEqual({ line: 2, column: 1 })
})

test('an empty text has no places', () => {
  expect(yamlLocator('')(['a'])).toBeUndefined()
  expect(yamlComments('# alone\n')).toEqual([])
})

test('comments belong to the key below them and to the key of their line', () => {
  expect(yamlComments(VALUES)).toEqual([
    { path: ['replicas'], line: 1, comment: 'How many pods.\nAt least one.\ndefault' },
    { path: ['image', 'repository'], line: 8, comment: 'where from' },
    { path: ['ports', 0, 'name'], line: 11, comment: 'the first' },
    { path: ['ports', 1, 'name'], line: 13, comment: 'flow' },
  ])
})

test('what is further to the right belongs to what stands above it', () => {
  const text = 'resources: {}\n  # limits:\n  #   cpu: 1\nnodes: 1\n# of both\npods: 1\n'
  expect(yamlComments(text)).toEqual([{ path: ['pods'], line: 5, comment: 'of both' }])
})

test.each([
  ['helm', ['true', '1.5']],
  ['core', ['yes', '1.5']],
] as const)('keys are those that %s reads', (dialect, keys) => {
  const found = yamlComments('# a\nyes: 1\n# b\n1.50: 2\n', dialect)
  expect(found.map(({ path }) => path)).toEqual(keys.map((key) => [key]))
})
