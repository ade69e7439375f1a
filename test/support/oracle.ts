export { oracle, runHelm } from './oracle.mjs'
