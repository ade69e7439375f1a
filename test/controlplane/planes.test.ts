import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { eventually } from '../support/plane.ts'
import { stopPlane, type PlaneState } from './planes.mjs'

const name = `crash-${process.pid}`

let owner: ChildProcess

afterEach(async () => {
  owner.kill('SIGKILL')
  await stopPlane(name)
})

/** Starts a plane that another process owns. */
async function planeOfAnother(): Promise<PlaneState> {
  const script = `
    const { startPlane } = await import(process.argv[1])
    console.log(JSON.stringify(await startPlane(process.argv[2], { owned: true })))
    setInterval(() => {}, 1000)`
  const planes = new URL('planes.mjs', import.meta.url).href
  const args = ['--input-type=module', '-e', script, planes, name]
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  owner = started
  const [line] = (await once(started.stdout, 'data')) as [Buffer]
  return JSON.parse(line.toString()) as PlaneState
}

/** The programs that run with files of the plane's folder. */
function programsIn(folder: string): string[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(`${folder}/`) || line.endsWith(folder))
}

test('a plane ends with the run that made it, even when that is killed', async () => {
  const state = await planeOfAnother()
  const folder = dirname(state.kubeconfig)
  expect(programsIn(folder)).toHaveLength(6)
  owner.kill('SIGKILL')
  await eventually(async () => programsIn(folder).length === 0 && !existsSync(folder))
})

test('programs whose supervisor was killed are ended by the next that looks', async () => {
  const state = await planeOfAnother()
  const folder = dirname(state.kubeconfig)
  process.kill(state.supervisor, 'SIGKILL')
  expect(programsIn(folder).length).toBeGreaterThan(0)
  expect(await stopPlane(name)).toBe(true)
  await eventually(async () => programsIn(folder).length === 0 && !existsSync(folder))
})
