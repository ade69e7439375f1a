import { closeSync } from 'node:fs'
import { openFiles, type Files, type FileStep } from '../../src/base/files.ts'

/** Where a fault strikes: before or after the step with this number, counted from 1. */
export interface FaultPoint {
  at: number
  when: 'before' | 'after'
}

/** Stands for the end of the process: nothing that follows it reaches the disk. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

export interface RecordedStep {
  step: FileStep
  path: string
}

export interface FaultyFiles {
  files: Files
  /** Every step that changed something, in order. */
  steps: RecordedStep[]
}

/** Files whose process dies at a point: the step is done or not, and all later ones fail. */
export function killedFiles(point: FaultPoint | undefined): FaultyFiles {
  const steps: RecordedStep[] = []
  let isDead = false
  const files = openFiles(async (step, path, run) => {
    if (isDead) throw new Killed('killed')
    steps.push({ step, path })
    const isHere = steps.length === point?.at
    if (isHere && point?.when === 'before') isDead = true
    if (isDead) throw new Killed('killed')
    const result = run()
    if (!isHere) return result
    const [settled] = await Promise.allSettled([result])
    if (step === 'open' && settled.status === 'fulfilled') closeSync(settled.value as number)
    isDead = true
    throw new Killed('killed')
  })
  return { files, steps }
}

/** Files where the step with a number fails with the system's error, as a full disk would. */
export function refusingFiles(at: number, code: string, times = 1): FaultyFiles {
  const steps: RecordedStep[] = []
  const files = openFiles(async (step, path, run) => {
    steps.push({ step, path })
    if (steps.length >= at && steps.length < at + times) throw systemError(code, step, path)
    return run()
  })
  return { files, steps }
}

function systemError(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: refused by the test, ${syscall} '${path}'`), {
    code,
    syscall,
    path,
  })
}
