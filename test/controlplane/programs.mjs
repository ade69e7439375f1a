import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { goPrograms } from '../tools/go-programs.mjs'

const here = import.meta.dirname

/** The programs of a control plane, and where the package is that each is built of. */
const PROGRAMS = {
  etcd: { module: here, source: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': { module: here, source: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  'kube-controller-manager': {
    module: here,
    source: 'k8s.io/kubernetes/cmd/kube-controller-manager',
  },
  'kube-scheduler': { module: here, source: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  kwok: { module: join(here, 'kwok'), source: 'sigs.k8s.io/kwok/cmd/kwok' },
}

const programs = goPrograms('controlplane', PROGRAMS, {
  key: ['go.mod', 'go.sum', 'kwok/go.mod', 'kwok/go.sum'].map((name) => join(here, name)),
  linkerFlags: linkerFlags(),
  folders: () => [process.env.KUBEBUILDER_ASSETS ?? ''].filter(Boolean),
})

/** Looks for the programs in `$KUBEBUILDER_ASSETS` and among those built before. */
export const findPrograms = programs.find

/** Tells whether a control plane can start here: what is not found can be built. */
export const canHavePrograms = programs.canHave

/** Finds the programs, and builds what is missing. */
export const ensurePrograms = programs.ensure

/** Strips the programs and gives them the version that a release's own build would. */
function linkerFlags() {
  const version = /k8s\.io\/kubernetes (v\S+)/.exec(readFileSync(join(here, 'go.mod'), 'utf8'))?.[1]
  const [major, minor] = version.slice(1).split('.')
  const variables = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    gitCommit: 'module',
    buildDate: '1970-01-01T00:00:00Z',
  }
  const prefix = 'k8s.io/component-base/version'
  return ['-s -w', ...Object.entries(variables).map(([k, v]) => `-X ${prefix}.${k}=${v}`)].join(' ')
}
