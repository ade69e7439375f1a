import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aboutFile, diskHint } from '../../../src/base/disk-error.ts'
import { openFiles } from '../../../src/base/files.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

function systemError(code: string, more: { syscall?: string; path?: string } = {}) {
  const { syscall = 'write', path } = more
  const place = path === undefined ? '' : ` '${path}'`
  return Object.assign(new Error(`${code}: said the system, ${syscall}${place}`), {
    code,
    syscall,
    ...(path === undefined ? {} : { path }),
  })
}

const TOKEN = 'f'.repeat(24)

test.each([
  { error: systemError('ENOSPC'), path: '/a/b', want: "ENOSPC: said the system, write '/a/b'" },
  {
    error: systemError('EROFS', { syscall: 'unlink', path: `/a/.b.${TOKEN}.tmp` }),
    path: '/a/b',
    want: "EROFS: said the system, unlink '/a/b'",
  },
  {
    error: systemError('EIO'),
    path: `/a/.b.yaml.${TOKEN}.tmp`,
    want: "EIO: said the system, write '/a/b.yaml'",
  },
])('an error about $path is told as $want', ({ error, path, want }) => {
  expect(aboutFile(error, path).message).toBe(want)
})

test.each([
  { code: 'ENOSPC', want: 'The disk at /proc is full; free space there.' },
  { code: 'EROFS', want: 'The disk at /proc can only be read.' },
  { code: 'EIO', want: 'The disk at /proc fails; look into the log of the system.' },
  {
    code: 'EDQUOT',
    want: 'The disk at /proc lets you keep no more; remove something of yours there.',
  },
  { code: 'EFBIG', want: 'The disk at /proc takes no file of that size.' },
  { code: 'EACCES', want: undefined },
])('$code of a disk that is mounted at /proc → $want', ({ code, want }) => {
  expect(diskHint(systemError(code, { path: '/proc/self/none/there' }))).toBe(want)
})

test('without a path the disk has no place', () => {
  expect(diskHint(systemError('ENOSPC'))).toBe('The disk is full; free space there.')
})

const STEPS = ['open', 'write', 'fsync', 'rename', 'unlink', 'fsync-folder'] as const

test.each(STEPS)('what fails at %s is told of the file that was to be there', async (failing) => {
  const folder = mkdtempSync(join(temporaryFolder(), 'x'))
  const path = join(folder, 'b.yaml')
  writeFileSync(path, 'old')
  const files = openFiles(async (step, _path, run) => {
    // A disk that can only be read lets nothing be removed either.
    if (step === failing || (failing !== 'unlink' && step === 'unlink')) throw systemError('EROFS')
    return run()
  })
  const temporary = join(folder, `.b.yaml.${TOKEN}.tmp`)
  const run = files.replace(path, temporary, { data: 'new', mode: 0o600 })
  const isAfter = failing === 'fsync-folder' || failing === 'unlink'
  if (isAfter) await run.catch(() => undefined)
  else await expect(run).rejects.toThrow(`EROFS: said the system, write '${path}'`)
})
