/** Kinds whose operator is gone, and what there is instead. */
export interface DeadOperator {
  operator: string
  /** A sentence that says what to do. */
  instead: string
  /** Texts by which images of the operator are known. */
  images: readonly string[]
}

/** Finds the operator of a group of custom resources, if it is gone. */
export function deadOperator(group: string): DeadOperator | undefined {
  return DEAD[group]
}

/** Finds the operator that an image runs, if it is gone. */
export function deadOperatorOf(image: string): DeadOperator | undefined {
  const [name = ''] = image.split('@')
  return Object.values(DEAD).find(({ images }) => images.some((each) => name.startsWith(each)))
}

const ROOK: DeadOperator = {
  operator: 'Rook 0.7',
  instead: 'Install the chart rook-ceph.',
  images: ['rook/rook:v0.', 'rook/ceph:v0.'],
}

const DEAD: Record<string, DeadOperator> = {
  'etcd.database.coreos.com': {
    operator: 'the CoreOS etcd-operator, which is archived',
    instead: 'Run etcd as a StatefulSet; Vault needs none of it, the chart vault stores with Raft.',
    images: ['quay.io/coreos/etcd-operator'],
  },
  'vault.security.coreos.com': {
    operator: 'the CoreOS vault-operator, which is archived',
    instead: 'Install the chart vault, which stores with Raft.',
    images: ['quay.io/coreos/vault-operator'],
  },
  'mysql.oracle.com': {
    operator: 'the first MySQL operator, which is gone',
    instead: 'Write an InnoDBCluster of mysql.oracle.com/v2, which is another object.',
    images: ['iad.ocir.io/oracle/mysql-operator'],
  },
  'rook.io': ROOK,
  'settings.k8s.io': {
    operator: 'PodPreset, which Kubernetes 1.20 removed',
    instead: 'Write the variables and volumes into the pods.',
    images: [],
  },
}

/** Groups that have successors, so that their objects are not refused. */
const WITH_SUCCESSOR = new Set(['rook.io'])

/** Whether objects of the group can be rewritten although their operator is gone. */
export function hasSuccessor(apiVersion: string): boolean {
  const [group = '', version = ''] = apiVersion.split('/')
  if (group === 'mysql.oracle.com') return version === 'v2'
  return DEAD[group] === undefined || WITH_SUCCESSOR.has(group)
}
