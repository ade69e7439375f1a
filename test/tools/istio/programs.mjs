import { join } from 'node:path'
import { goPrograms } from '../go-programs.mjs'

const module = import.meta.dirname

/** istioctl, which analyses objects and puts sidecars into pods as istiod does. */
export const istioPrograms = goPrograms(
  'istio',
  { istioctl: { module, source: 'istio.io/istio/istioctl/cmd/istioctl' } },
  { key: ['go.mod', 'go.sum'].map((name) => join(module, name)) },
)
