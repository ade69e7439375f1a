import { join } from 'node:path'
import { goPrograms } from '../go-programs.mjs'

const module = import.meta.dirname

/** Of all ways to find targets only that of Kubernetes is built in: the others are most of the build. */
const tags = 'remove_all_sd,enable_kubernetes_sd'

/** promtool and amtool, which check configuration, rules and routes, and Prometheus's operator. */
export const prometheusPrograms = goPrograms(
  'prometheus',
  {
    amtool: { module, source: 'github.com/prometheus/alertmanager/cmd/amtool', tags },
    operator: {
      module,
      source: 'github.com/prometheus-operator/prometheus-operator/cmd/operator',
      tags,
    },
    promtool: { module, source: 'github.com/prometheus/prometheus/cmd/promtool', tags },
  },
  { key: ['go.mod', 'go.sum'].map((name) => join(module, name)) },
)
