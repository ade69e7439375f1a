import { certManagerPrograms } from './cert-manager/programs.mjs'
import { chartmuseumPrograms } from './chartmuseum/programs.mjs'
import { dexPrograms } from './dex/programs.mjs'
import { hclPrograms } from './hcl/programs.mjs'
import { istioPrograms } from './istio/programs.mjs'
import { prometheusPrograms } from './prometheus/programs.mjs'
import { vaultPrograms } from './vault/programs.mjs'
import { vmagentPrograms } from './vmagent/programs.mjs'

/** The programs that tests run, by the module that they are built of. */
const families = [
  prometheusPrograms,
  certManagerPrograms,
  dexPrograms,
  hclPrograms,
  istioPrograms,
  vaultPrograms,
  vmagentPrograms,
  chartmuseumPrograms,
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
