import { expect, test } from 'vitest'
import { parseManifest, sortDocuments } from '../../../src/manifest/parse-manifest.ts'

function file(content: string, path = 'web/templates/x.yaml') {
  return { path, content }
}

test('documents come in install order, hooks apart, notes as they are', () => {
  const manifest = parseManifest(
    [
      file('kind: Service\n---\nkind: Secret\n', 'web/templates/b.yaml'),
      file('kind: Secret\nmetadata: {name: a}\n', 'web/templates/a.yaml'),
      file(
        'kind: Job\nmetadata:\n  name: 7\n  annotations:\n    helm.sh/hook: Pre-Install , test\n    helm.sh/hook-weight: "-5"\n    helm.sh/hook-delete-policy: hook-succeeded, before-hook-creation\n',
        'web/templates/hook.yaml',
      ),
      file('Thanks.\n', 'web/templates/NOTES.txt'),
      file('Not shown.\n', 'web/charts/db/templates/NOTES.txt'),
      file('  \n', 'web/templates/empty.yaml'),
    ],
    { notesPath: 'web/templates/NOTES.txt' },
  )
  expect(manifest).toEqual({
    text: [
      '---\n# Source: web/templates/a.yaml\nkind: Secret\nmetadata: {name: a}\n',
      '---\n# Source: web/templates/b.yaml\nkind: Secret\n',
      '---\n# Source: web/templates/b.yaml\nkind: Service\n',
    ].join(''),
    hooks: [
      {
        name: '7',
        kind: 'Job',
        path: 'web/templates/hook.yaml',
        manifest:
          'kind: Job\nmetadata:\n  name: 7\n  annotations:\n    helm.sh/hook: Pre-Install , test\n    helm.sh/hook-weight: "-5"\n    helm.sh/hook-delete-policy: hook-succeeded, before-hook-creation',
        events: ['pre-install', 'test'],
        weight: -5,
        deletePolicies: ['hook-succeeded', 'before-hook-creation'],
        outputLogPolicies: [],
      },
    ],
    notes: 'Thanks.\n',
  })
})

test('notes of subcharts are added on demand', () => {
  const files = [
    file('own', 'web/templates/NOTES.txt'),
    file('sub', 'web/charts/db/templates/NOTES.txt'),
  ]
  const options = { notesPath: 'web/templates/NOTES.txt', subchartNotes: true }
  expect(parseManifest(files, options).notes).toBe('sub\nown')
})

test('a document with an unknown hook is left out', () => {
  const content = 'kind: Job\nmetadata: {annotations: {helm.sh/hook: "post-install,bogus"}}'
  expect(sortDocuments([file(content)])).toEqual({ entries: [], hooks: [] })
})

// Wanted texts are Helm 4.1.4's, behind `Error: YAML parse error on web/templates/x.yaml: `.
test.each([
  {
    content: 'hello',
    want: 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type util.SimpleHead',
  },
  {
    content: '[a]',
    want: 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type util.SimpleHead',
  },
  {
    content: 'kind: {a: b}',
    want: 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go struct field SimpleHead.kind of type string',
  },
  {
    content: 'metadata: abc',
    want: 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field SimpleHead.metadata of type struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }',
  },
  {
    content: 'metadata: {annotations: [a]}',
    want: 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field .metadata.annotations of type map[string]string',
  },
  {
    content: 'metadata: {annotations: {a: {b: 1}}}',
    want: 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go struct field .metadata.annotations of type string',
  },
  {
    content: 'metadata: {name: {b: 1}}',
    want: 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go struct field .metadata.name of type string',
  },
  {
    content: 'a: 1\n b: 2',
    want: 'error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context',
  },
])('$content is refused', ({ content, want }) => {
  expect(() => parseManifest([file(content)])).toThrow(
    expect.objectContaining({
      code: 'MANIFEST_INVALID',
      message: `YAML parse error on web/templates/x.yaml: ${want}`,
    }),
  )
})

test('keys match whatever their case, the last by name counting', () => {
  const [entry] = sortDocuments([file('Kind: Zed\nkind: Pod\n')]).entries
  expect(entry?.kind).toBe('Pod')
})
