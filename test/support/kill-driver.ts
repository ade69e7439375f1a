import { install } from '../../src/actions/install.ts'
import { rollback } from '../../src/actions/rollback.ts'
import { uninstall } from '../../src/actions/uninstall.ts'
import { upgrade } from '../../src/actions/upgrade.ts'
import { LOCK_TIMES } from '../../src/apply/lock.ts'
import { openFiles } from '../../src/base/files.ts'
import { machineIdentity } from '../../src/cluster/holder.ts'
import { configMapChart, connectTo } from './target.ts'

/*
 * Runs one verb on a directory target as a process of its own, and kills that process
 * before the step with the given number, or after the last one never.
 *
 * Arguments: folder, verb, number of the step counted from 1 (0: none). Prints how many
 * steps there were.
 */

const [path = '', verb = '', at = '0'] = process.argv.slice(2)
const release = { name: 'web', namespace: 'apps' }
const values = new Map()
let count = 0

const files = openFiles((_step, _path, run) => {
  count++
  if (count === Number(at)) process.kill(process.pid, 'SIGKILL')
  return run()
})
const charts = {
  './web': configMapChart({ a: '1', gone: '1' }),
  './web2': configMapChart({ a: '2', added: '2' }, '2.0.0'),
}
const own = connectTo({ path, charts, files, times: LOCK_TIMES })
const connections = {
  ...own,
  identity: { ...own.identity, pid: process.pid, machine: await machineIdentity() },
}

if (verb === 'install') await install(connections, { release, chart: './web', values })
if (verb === 'upgrade') await upgrade(connections, { release, chart: './web2', values })
if (verb === 'rollback') await rollback(connections, { release, revision: 1 })
if (verb === 'uninstall') await uninstall(connections, { release })
process.stdout.write(String(count))
