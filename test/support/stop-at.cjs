// Loaded by Node before a program: stops the process once a file is in its place.
//
//   STOP_AT  how the path of the file ends
'use strict'
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

for (const name of ['linkSync', 'renameSync']) {
  const run = fs[name]
  fs[name] = (from, to) => {
    run(from, to)
    if (to.endsWith(process.env.STOP_AT)) process.kill(process.pid, 'SIGSTOP')
  }
}
syncBuiltinESMExports()
