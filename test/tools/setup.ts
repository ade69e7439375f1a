import { ensureTools } from './families.mjs'

/** Builds the programs that are not there yet. */
export function setup(): void {
  ensureTools()
}
