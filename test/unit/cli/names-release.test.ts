import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { namesRelease } from '../../../src/cli/names-release.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test.each([
  ['web', true],
  ['web.v2', true],
  ['there', false],
  ['./web', false],
  ['Web', false],
  ['gone.yaml', false],
  ['gone.yml', false],
  ['gone.json', false],
  ['gone-1.0.0.tgz', false],
])('whether %s names a release: %s', (word, isRelease) => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'there'), '')
  expect(namesRelease(word, folder)).toBe(isRelease)
})
