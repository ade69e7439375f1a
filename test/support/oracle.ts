export { oracle, runHelm, type HelmRun } from './oracle.mjs'
