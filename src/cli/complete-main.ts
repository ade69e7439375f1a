import { dirname } from 'node:path'
import { complete } from './complete.ts'

/** The executable `kubectl_complete-pkg`, which kubectl and our shell scripts ask. */
const words = process.argv.slice(2)
process.stdout.write(complete(words, dirname(__dirname), process.env['KUBECTL_PKG_TARGET']))
