import { join } from 'node:path'
import { goPrograms } from '../go-programs.mjs'

const module = import.meta.dirname
const sources = ['go.mod', 'go.sum', 'main.go', 'controller.go', 'cainjector.go', 'webhook.go']

/** cert-manager: its controller, its cainjector and its webhook. */
export const certManagerPrograms = goPrograms(
  'cert-manager',
  { 'cert-manager': { module, source: '.' } },
  { key: sources.map((name) => join(module, name)) },
)
