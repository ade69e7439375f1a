import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPlane, stopPlane, type PlaneState } from './planes.mjs'

declare module 'vitest' {
  export interface ProvidedContext {
    controlplane: PlaneState
  }
}

const name = `run-${process.pid}`

/**
 * Gives the suites one control plane for the run: a new one, or the one that a person started and
 * named by its kubeconfig in `KUBECTL_PKG_CONTROLPLANE`.
 */
export async function setup(project: TestProject): Promise<void> {
  const kubeconfig = process.env['KUBECTL_PKG_CONTROLPLANE']
  project.provide(
    'controlplane',
    kubeconfig === undefined ? await startPlane(name, { owned: true }) : stateBeside(kubeconfig),
  )
}

/** Ends the control plane if this run made it. */
export async function teardown(): Promise<void> {
  await stopPlane(name)
}

function stateBeside(kubeconfig: string): PlaneState {
  const file = join(dirname(realpathSync(kubeconfig)), 'state.json')
  return JSON.parse(readFileSync(file, 'utf8')) as PlaneState
}
