import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { history } from '../../src/actions/inspect.ts'
import { install } from '../../src/actions/install.ts'
import { upgrade } from '../../src/actions/upgrade.ts'
import { LOCK_TIMES } from '../../src/apply/lock.ts'
import { openFiles } from '../../src/base/files.ts'
import { PkgError } from '../../src/base/errors.ts'
import { refusingFiles } from '../support/fault-fs.ts'
import { configMapChart, connectTo, lineOf, treeOf } from '../support/target.ts'
import { memoryFolder } from '../support/memory-folder.ts'

const release = { name: 'web', namespace: 'apps' }
const values = new Map()
const charts = {
  './web': configMapChart({ a: '1', gone: '1' }),
  './web2': configMapChart({ a: '2', added: '2' }, '2.0.0'),
}

let root: string
beforeEach(() => {
  root = memoryFolder('kubectl-pkg-refusal-')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function connect(path: string, files = openFiles()) {
  return connectTo({ path, charts, files, isKnownDead: true, times: LOCK_TIMES })
}

/** Text of each manifest at the target, by path. */
function manifests(path: string): Map<string, string> {
  const files = treeOf(path).filter((file) => !file.path.startsWith('.kubectl-pkg'))
  return new Map(files.map((file) => [file.path, file.text]))
}

test.each(['ENOSPC', 'EACCES'])(
  'after %s at any step every file is the old or the new one, and the next run converges',
  async (code) => {
    const wrong: string[] = []
    let total = Infinity
    for (let at = 1; at <= total; at++) {
      const path = join(root, `${code}-${at}`)
      await install(connect(path), { release, chart: './web', values })
      const old = manifests(path)
      const { files, steps } = refusingFiles(at, code)
      const upgrading = { release, chart: './web2', values }
      const failure = await upgrade(connect(path, files), upgrading).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (steps.length < at) {
        total = at
        continue
      }
      const label = `${at} ${steps[at - 1]?.step}`
      const torn = manifests(path)
      if (failure !== undefined && !(failure instanceof PkgError))
        wrong.push(`${label}: no PkgError`)

      await upgrade(connect(path), upgrading)
      const next = manifests(path)
      for (const [name, text] of torn) {
        if (text !== old.get(name) && text !== next.get(name)) wrong.push(`${label}: ${name}`)
      }
      if ([...next.keys()].join() !== 'apps/configmap-a.yaml,apps/configmap-added.yaml') {
        wrong.push(`${label}: ${[...next.keys()].join()}`)
      }
      const lines = (await history(connect(path), release)).map(lineOf)
      if (lines.filter((line) => line.includes(' deployed:')).length !== 1) {
        wrong.push(`${label}: ${lines.join()}`)
      }
      const litter = treeOf(path).filter((file) => /\.(tmp|lock|left|journal)$/.test(file.path))
      for (const file of litter) wrong.push(`${label}: ${file.path} stays`)
    }
    expect(wrong).toEqual([])
  },
  180_000,
)

test('an upgrade that failed is recorded as failed, with the reason, and exits with 1', async () => {
  await install(connect(root), { release, chart: './web', values })
  const files = openFiles(async (step, path, run) => {
    if (step === 'rename' && path.endsWith('configmap-a.yaml')) {
      throw Object.assign(new Error('ENOSPC: no space left on device'), {
        code: 'ENOSPC',
        syscall: 'rename',
        path,
      })
    }
    return run()
  })

  const upgrading = upgrade(connect(root, files), { release, chart: './web2', values })

  await expect(upgrading).rejects.toMatchObject({
    code: 'APPLY_FAILED',
    exit: 1,
    message: 'UPGRADE FAILED: update of ConfigMap/a failed: ENOSPC: no space left on device',
  })
  expect((await history(connect(root), release)).map(lineOf)).toEqual([
    'web.v1 deployed: Install complete',
    'web.v2 failed: Upgrade "web" failed: update of ConfigMap/a failed: ENOSPC: no space left on device',
  ])
})
