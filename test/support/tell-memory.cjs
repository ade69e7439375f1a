// Loaded by Node before a program: tells on standard error how much memory the process took at
// most, in MiB. The process's usage of resources would count what its parent had when it started it.
'use strict'
const { readFileSync, writeSync } = require('node:fs')

process.on('exit', () => {
  const [, peak] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  writeSync(2, `\npeak ${Math.round(Number(peak) / 1024)} MiB\n`)
})
