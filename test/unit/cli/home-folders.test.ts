import { expect, test } from 'vitest'
import { foldersOf } from '../../../src/cli/home-folders.ts'

test('a variable without a text is none, and the cache is not the current folder', () => {
  const env = { HOME: '/home/ann', XDG_DATA_HOME: '', KUBECTL_PKG_CACHE_HOME: '' }
  expect(foldersOf({ ...env, KUBECTL_PKG_CONFIG_HOME: '/config' })).toEqual({
    config: '/config',
    cache: '/home/ann/.cache/kubectl-pkg',
    data: '/home/ann/.local/share/kubectl-pkg',
  })
})
