import { isJsonObject, type Json } from '../base/json.ts'
import { fieldText, itemsAt, textAt, valueAt, type FieldPath } from '../migrate/field-path.ts'
import { isStricter, podOffences, podSecurityLevel } from './pod-security.ts'
import { containersAnywhere, type Part, type Rule, type RuleScene } from './rule.ts'

/** Looks at what pods may do, and at what their containers ask for. */
export const checkWorkload: Rule = (scene) => {
  checkHostAccess(scene)
  checkLevel(scene)
  for (const container of containersAnywhere(scene.object)) {
    checkMemory(container, scene)
    checkVariables(container, scene)
    checkFlags(container, scene)
  }
  walkTexts(scene.object, [], (text, path) => checkLabel(text, path, scene))
}

function checkHostAccess({ object, declared, report }: RuleScene): void {
  if (declared === 'privileged') return
  const reaching = podOffences(object).filter(({ offence }) => HOST_ACCESS.has(offence))
  for (const { offence, path } of reaching) {
    const file = textAt(valueAt(object, ...path), 'path')
    const note = file.endsWith('docker.sock') ? ', which nodes with containerd do not have' : ''
    const what = file === '' ? offence : `${offence} ${file}${note}`
    report('host-access', path, `reaches into the node: ${what}`)
  }
}

const HOST_ACCESS = new Set(['privileged', 'hostNetwork', 'hostPID', 'hostIPC', 'volume hostPath'])

function checkLevel({ object, declared, report }: RuleScene): void {
  if (declared === undefined) return
  const level = podSecurityLevel(object)
  if (!isStricter(declared, level)) return
  const first = podOffences(object).find(({ needs }) => isStricter(declared, needs))
  const why = first === undefined ? '' : `, by ${first.offence}`
  const message = `needs the Pod Security level "${level}"${why}; the chart declares "${declared}"`
  report('pod-security', first?.path ?? [], message)
}

function checkMemory({ value, path }: Part, { report }: RuleScene): void {
  for (const list of ['requests', 'limits']) {
    for (const name of ['memory', 'ephemeral-storage']) {
      const amount = textAt(value, 'resources', list, name)
      if (!/^\d+(?:\.\d+)?m$/.test(amount)) continue
      const message = `"${amount}" is ${Number.parseFloat(amount) / 1000} byte; "${amount}i" was meant?`
      report('memory-milli', [...path, 'resources', list, name], message.replace('mi"', 'Mi"'))
    }
  }
}

function checkVariables({ value, path }: Part, { report }: RuleScene): void {
  const words = ['command', 'args'].flatMap((key) => wordsOf(value[key]))
  // A shell runs $(…) as a command.
  const hasShell = words.some((word) => /(?:^|\/)(?:ba|da|a|z)?sh$/.test(word))
  if (hasShell || 'envFrom' in value) return
  const set = new Set(itemsAt(value, 'env').map(({ item }) => textAt(item, 'name')))
  for (const key of ['command', 'args']) {
    for (const [at, word] of wordsOf(value[key]).entries()) {
      for (const [, name = ''] of word.matchAll(/(?<!\$)\$\(([A-Za-z_][\w.-]*)\)/g)) {
        if (set.has(name)) continue
        report('unset-variable', [...path, key, at], `nothing sets $(${name})`)
      }
    }
  }
}

function checkFlags({ value, path }: Part, { report }: RuleScene): void {
  const [program = ''] = wordsOf(value['command'])
  const gone = REMOVED_FLAGS[program.slice(program.lastIndexOf('/') + 1)]
  if (gone === undefined) return
  for (const key of ['command', 'args']) {
    for (const [at, word] of wordsOf(value[key]).entries()) {
      const flag = gone.find((each) => word === each || word.startsWith(`${each}=`))
      if (flag !== undefined) report('removed-flag', [...path, key, at], `${flag} is gone`)
    }
  }
}

const REMOVED_FLAGS: Readonly<Record<string, readonly string[]>> = {
  'kube-apiserver': [
    '--address',
    '--basic-auth-file',
    '--insecure-bind-address',
    '--insecure-port',
    '--port',
  ],
  'kube-controller-manager': ['--address', '--port'],
  'kube-scheduler': ['--address', '--algorithm-provider', '--policy-config-file', '--port'],
}

/** Labels of nodes that have other names today. */
const LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'node-role.kubernetes.io/master': 'node-role.kubernetes.io/control-plane',
}

function checkLabel(text: string, path: FieldPath, { report }: RuleScene): void {
  const today = LABELS[text]
  if (today === undefined) return
  // A toleration of the old taint harms nobody, and stands beside the new one.
  if (path.includes('tolerations')) return
  report('legacy-label', path, `${text} is ${today} today (${fieldText(path)})`)
}

function walkTexts(
  value: Json,
  path: FieldPath,
  found: (text: string, path: FieldPath) => void,
): void {
  if (typeof value === 'string') found(value, path)
  else if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) walkTexts(item, [...path, at], found)
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      found(key, [...path, key])
      walkTexts(item, [...path, key], found)
    }
  }
}

function wordsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []
}
