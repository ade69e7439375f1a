import { itemsAt, textAt } from '../migrate/field-path.ts'
import { podSpecsOf, type Rule, type RuleScene } from './rule.ts'

/** Looks at volumes whose drivers Kubernetes, or an operator, has removed. */
export const checkVolumes: Rule = (scene) => {
  const { object, kind, report } = scene
  if (kind === 'StorageClass') checkProvisioner(scene)
  for (const { value, path } of podSpecsOf(object)) {
    for (const { item, at } of itemsAt(value, 'volumes')) {
      for (const name of Object.keys(item)) {
        const place = [...path, 'volumes', at, name]
        const driver = textAt(item, name, 'driver')
        if (name === 'flexVolume') {
          const message = `flexVolume ${driver}: claim a volume of a CSI driver instead`
          report('in-tree-volume', place, message)
        } else checkVolume(name, place, scene)
      }
    }
  }
  if (kind === 'PersistentVolume') {
    for (const name of Object.keys(REMOVED)) {
      if (textAt(object, 'spec', name) !== '' || hasSource(scene, name))
        checkVolume(name, ['spec', name], scene)
    }
  }
}

function hasSource({ object }: RuleScene, name: string): boolean {
  const spec = object['spec']
  return typeof spec === 'object' && spec !== null && name in spec
}

function checkProvisioner({ object, minor, report }: RuleScene): void {
  const provisioner = textAt(object, 'provisioner')
  if (/^(?:ceph\.)?rook\.io\//.test(provisioner)) {
    const message = `provisioner ${provisioner} is gone: use Rook's CSI driver`
    return report('in-tree-volume', ['provisioner'], message)
  }
  const [, name = ''] = /^kubernetes\.io\/([\w-]+)$/.exec(provisioner) ?? []
  const removed = REMOVED[name]
  if (removed === undefined || removed > minor) return
  const message = `provisioner ${provisioner} is gone since Kubernetes 1.${removed}: use a CSI driver`
  report('in-tree-volume', ['provisioner'], message)
}

function checkVolume(name: string, path: (string | number)[], { minor, report }: RuleScene): void {
  const removed = REMOVED[name]
  if (removed === undefined || removed > minor) return
  report('in-tree-volume', path, `the driver ${name} is gone since Kubernetes 1.${removed}`)
}

/** Minor versions of Kubernetes 1 that removed drivers for which nothing else answers. */
const REMOVED: Readonly<Record<string, number>> = {
  cephfs: 31,
  flocker: 25,
  glusterfs: 26,
  gitRepo: 36,
  quobyte: 25,
  rbd: 31,
  scaleIO: 22,
  'scale-io': 22,
  storageos: 25,
}
