// Loaded by Node before a program: kills the process at one of its steps that change files.
//
//   KILL_AT     number of the step, counted from 1; a write is cut in half
//   KILL_COUNT  file that gets the number of steps of a run that ends by itself
'use strict'
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const at = Number(process.env.KILL_AT)
const { writeSync, writeFileSync } = fs
let count = 0

function step(half) {
  count++
  if (count !== at) return
  half?.()
  process.kill(process.pid, 'SIGKILL')
}

function watch(object, name, half) {
  const run = object[name]
  object[name] = function (...args) {
    step(half && (() => half(...args)))
    return run.apply(this, args)
  }
}

const halfOf = (data) => Buffer.from(data).subarray(0, data.length >> 1)
for (const name of ['mkdirSync', 'renameSync', 'rmSync', 'unlinkSync']) watch(fs, name)
watch(fs, 'writeFileSync', (path, data) => writeFileSync(path, halfOf(data)))
for (const name of ['mkdir', 'rename', 'link', 'unlink', 'rmdir', 'rm']) watch(fs.promises, name)

const { open } = fs.promises
fs.promises.open = async (path, flags, ...rest) => {
  if (flags === 'r' || flags === undefined) return open(path, flags, ...rest)
  step()
  const handle = await open(path, flags, ...rest)
  watch(handle, 'writeFile', (data) => writeSync(handle.fd, halfOf(data)))
  watch(handle, 'sync')
  return handle
}

syncBuiltinESMExports()
process.on('exit', () => {
  if (process.env.KILL_COUNT) writeFileSync(process.env.KILL_COUNT, String(count))
})
