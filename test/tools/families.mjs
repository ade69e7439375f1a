import { certManagerPrograms } from './cert-manager/programs.mjs'
import { dexPrograms } from './dex/programs.mjs'
import { istioPrograms } from './istio/programs.mjs'
import { prometheusPrograms } from './prometheus/programs.mjs'
import { vmagentPrograms } from './vmagent/programs.mjs'

/** The programs that check what add-ons render, by the module that they are built of. */
const families = [
  prometheusPrograms,
  certManagerPrograms,
  dexPrograms,
  istioPrograms,
  vmagentPrograms,
]

/** Tells whether all of them are there or can be built. */
export function canHaveTools() {
  return families.every((family) => family.canHave())
}

/**
 * Builds what is not there yet.
 *
 * @returns paths by name
 */
export function ensureTools() {
  return Object.assign({}, ...families.map((family) => family.ensure()))
}
