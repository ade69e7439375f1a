import { prometheusPrograms } from './prometheus/programs.mjs'

/** Builds the programs that are not there yet. */
export function setup(): void {
  prometheusPrograms.ensure()
}
