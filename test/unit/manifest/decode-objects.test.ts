import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { decodeSourced } from '../../../src/manifest/decode-objects.ts'

function failureOf(text: string): PkgError {
  try {
    decodeSourced(text, 'release web, revision 1')
  } catch (error) {
    if (error instanceof PkgError) return error
    throw error
  }
  throw new Error('it did not fail')
}

test('a document that is no object is told of by the template that made it', () => {
  const { message, span } = failureOf(
    '---\n# Source: web/templates/a.yaml.hbs\napiVersion: v1\nmetadata:\n  name: a\n',
  )
  expect({ message, span }).toEqual({
    message: 'web/templates/a.yaml.hbs: an object has no kind',
    span: { file: 'web/templates/a.yaml.hbs' },
  })
})

test('where the manifest does not say it, by its place in the release', () => {
  const { message, span } = failureOf('---\nkind: Pod\nmetadata:\n  name: a\n')
  expect({ message, span }).toEqual({
    message: 'release web, revision 1: an object has no apiVersion',
    span: { file: 'release web, revision 1', line: 2 },
  })
})
