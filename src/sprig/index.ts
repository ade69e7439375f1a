import type { FunctionTable, GoFunction } from '../golang/function.ts'
import { certificateFunctions } from './certificates.ts'
import { cryptoFunctions } from './crypto.ts'
import { dateFunctions } from './dates.ts'
import { dictFunctions } from './dicts.ts'
import { encodingFunctions } from './encodings.ts'
import { listFunctions } from './lists.ts'
import { logicFunctions } from './logic.ts'
import { networkFunctions } from './network.ts'
import { numberFunctions } from './numbers.ts'
import { pathFunctions } from './paths.ts'
import { type RandomBytes, systemRandom } from './random.ts'
import { regexFunctions } from './regex.ts'
import { semverFunctions } from './semver.ts'
import { stringFunctions } from './strings.ts'

export interface SprigOptions {
  /** Whether `getHostByName` asks DNS; else it gives ''. */
  enableDns?: boolean
  /** The time in milliseconds since 1970. */
  now?: () => number
  /** Where random texts, keys' serial numbers and initial vectors come from. */
  random?: RandomBytes
}

/**
 * Gives all functions of Sprig that Helm lets charts use: all but `env` and `expandenv`.
 *
 * Source: Masterminds/sprig v3.3.0 functions.go; Helm 4.1.4 pkg/engine/funcs.go.
 */
export function sprigFunctions(options: SprigOptions = {}): FunctionTable {
  const { enableDns = false, now = Date.now, random = systemRandom } = options
  const families: Record<string, GoFunction>[] = [
    logicFunctions(),
    stringFunctions(),
    numberFunctions(random),
    listFunctions(),
    dictFunctions(),
    encodingFunctions(),
    cryptoFunctions(random),
    certificateFunctions({ random, now }),
    dateFunctions(now),
    pathFunctions(),
    networkFunctions(enableDns),
    semverFunctions(),
    regexFunctions(),
  ]
  return new Map(families.flatMap(Object.entries<GoFunction>))
}
