import { expect, test } from 'vitest'
import { postRender } from '../../../src/manifest/post-render.ts'

const path = 'web/templates/x.yaml'

/** Sends files through a program that does what is given; the program changes nothing by default. */
function through(
  files: Record<string, string>,
  program: (manifests: string) => string = (manifests) => manifests,
  withHooks = true,
): Record<string, string> {
  const rendered = Object.entries(files).map(([file, content]) => ({ path: file, content }))
  const back = postRender(rendered, { run: program, withHooks })
  return Object.fromEntries(back.map(({ path: file, content }) => [file, content]))
}

test.each([
  { text: 'kind: A\nmetadata:\n  name: a # kept\ndata: {}' },
  { text: 'kind: A\nmetadata:\n    annotations:\n        x: y\n    name: a' },
  { text: 'kind: A\nmetadata:\n  name: a\n  annotations: {x: y}' },
  { text: 'kind: A\nmetadata:\n  annotations:\n    # why\n    x: y' },
  { text: 'kind: A\ndata:\n  k: |\n    metadata:' },
  { text: 'kind: A\nmetadata:\n  # only\n  name: a' },
])('a program that changes nothing gives back what it got: $text', ({ text }) => {
  expect(through({ [path]: text })).toEqual({ [path]: text })
})

test('the program gets all documents in the order of their files, each with its file', () => {
  const files = {
    'web/templates/b.yaml': 'kind: B\nmetadata:\n  name: b\n---\n# nothing\n---\nkind: C',
    'web/templates/a.yaml': 'kind: A\nmetadata:\n  name: a',
  }
  let seen = ''
  through(files, (manifests) => (seen = manifests))
  expect(seen).toBe(
    [
      'kind: A\nmetadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: "web/templates/a.yaml"\n  name: a\n',
      'kind: B\nmetadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: "web/templates/b.yaml"\n  name: b\n',
      'kind: C\nmetadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: "web/templates/b.yaml"\n',
    ].join('---\n'),
  )
})

test('what the program adds, removes and changes comes back under its file', () => {
  const files = { [path]: 'kind: A\n---\nkind: B', 'web/templates/NOTES.txt': 'hello' }
  const back = through(files, (manifests) => {
    const [first = ''] = manifests.split('---\n')
    return `${first.replace('kind: A', 'kind: Z')}---\nkind: New\n`
  })
  expect(back).toEqual({
    [path]: 'kind: Z',
    'generated-by-postrender-1.yaml': 'kind: New',
    'web/templates/NOTES.txt': 'hello',
  })
})

test('hooks can be kept from the program', () => {
  const hook = 'kind: Job\nmetadata:\n  annotations:\n    helm.sh/hook: test'
  const files = { [path]: `${hook}\n---\nkind: A` }
  const shout = (manifests: string) => manifests.replaceAll('kind: ', 'kind: X')
  expect(through(files, shout, false)).toEqual({ [path]: `${hook}\n---\nkind: XA` })
  expect(through(files, shout)[path]).toContain('kind: XJob')
})
