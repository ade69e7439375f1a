import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitDocuments, wholeDocumentsIn } from '../../../src/manifest/split-documents.ts'

// Wanted texts are what `helm template` of Helm 4.1.4 prints below each `# Source:` line.
test.each([
  { text: 'a: 1\n---\nb: 2\n', want: ['1 a: 1', '3 b: 2'] },
  { text: '---\na: 1', want: ['2 a: 1'] },
  { text: '\n\n---\n\n\na: 1\n\n', want: ['6 a: 1'] },
  { text: '---\n---\na: 1\n', want: ['2 ---\na: 1'] },
  { text: 'a: 1\n---b: 2', want: ['1 a: 1', '2 b: 2'] },
  { text: 'a: 1\n--- # c\nb: 2', want: ['1 a: 1', '2 # c\nb: 2'] },
  { text: 'a: |\n  x\n   ---\n  y', want: ['1 a: |\n  x\n   ---\n  y'] },
  { text: 'a: 1\n----\nb: 2', want: ['1 a: 1', '2 -\nb: 2'] },
  { text: 'a: 1\n\n\n---\n\n---\nb: 2', want: ['1 a: 1', '6 ---\nb: 2'] },
  { text: ' \n\t', want: [] },
])('$text', ({ text, want }) => {
  expect(splitDocuments(text).map((document) => `${document.line} ${document.text}`)).toEqual(want)
})

test('each document stands on the line that it names', () => {
  const part = fc.constantFrom('a: 1\n', '---\n', '\n', ' ', '---', 'b: 2', '\t', '# c\n')
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join('')
      for (const document of splitDocuments(text)) {
        const rest = text
          .split('\n')
          .slice(document.line - 1)
          .join('\n')
        const [first = ''] = document.text.split('\n')
        expect(rest.split('\n')[0]).toContain(first)
      }
    }),
  )
})

// Wanted texts are what the YAMLReader of k8s.io/apimachinery v0.35.1 gives, without blank lines before.
test.each([
  { text: '---\na: |\n  x\n---\nb: 2\n', want: ['2 a: |\n  x\n', '5 b: 2\n'] },
  { text: 'a: |+\n  x\n\n\n---\nb: |\n  y', want: ['1 a: |+\n  x\n\n\n', '6 b: |\n  y\n'] },
  { text: '\n\n---\n\n  a: 1\n  b: 2\n', want: ['5   a: 1\n  b: 2\n'] },
  { text: 'a: 1\n---\n---\n\n--- # c\nb: 2\n', want: ['1 a: 1\n', '5  # c\nb: 2\n'] },
  { text: 'a: 1\n---b: 2\n', want: ['1 a: 1\n', '2 b: 2\n'] },
  { text: 'a: 1\n---', want: ['1 a: 1\n'] },
  { text: ' \n---\n\t', want: [] },
])('whole: $text', ({ text, want }) => {
  expect(
    [...wholeDocumentsIn(text)].map((document) => `${document.line} ${document.text}`),
  ).toEqual(want)
})
