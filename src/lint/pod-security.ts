import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { itemsAt, textAt, valueAt, type FieldPath } from '../migrate/field-path.ts'
import type { PodSecurityLevel } from '../migrate/migrate-pod-security.ts'
import { containersIn, podSpecsOf, type Part } from './rule.ts'

/** One thing by which a pod needs more than a level of the Pod Security Standards gives. */
export interface PodOffence {
  /** Such as `hostNetwork` or `volume hostPath`. */
  offence: string
  /** The strictest level that allows it. */
  needs: Exclude<PodSecurityLevel, 'restricted'>
  path: FieldPath
}

/**
 * Measures what the pods of an object need beyond the level "restricted".
 *
 * Source: kubernetes.io/docs/concepts/security/pod-security-standards.
 */
export function podOffences(object: JsonObject): PodOffence[] {
  return podSpecsOf(object).flatMap((pod) => [
    ...sharedWithNode(pod),
    ...volumes(pod),
    ...podSettings(pod),
    ...containersIn(pod).flatMap((container) => containerOffences(container, pod.value)),
  ])
}

/** The strictest level that admits the object's pods; "restricted" for an object without pods. */
export function podSecurityLevel(object: JsonObject): PodSecurityLevel {
  const needs = podOffences(object).map((each) => each.needs)
  if (needs.includes('privileged')) return 'privileged'
  return needs.includes('baseline') ? 'baseline' : 'restricted'
}

/** Whether a level allows less than another. */
export function isStricter(level: PodSecurityLevel, than: PodSecurityLevel): boolean {
  return LEVELS.indexOf(level) > LEVELS.indexOf(than)
}

const LEVELS: readonly PodSecurityLevel[] = ['privileged', 'baseline', 'restricted']

/** Whether a text is a level. */
export function isPodSecurityLevel(text: string): text is PodSecurityLevel {
  return LEVELS.some((level) => level === text)
}

function sharedWithNode({ value, path }: Part): PodOffence[] {
  return ['hostNetwork', 'hostPID', 'hostIPC']
    .filter((name) => value[name] === true)
    .map((name) => ({ offence: name, needs: 'privileged', path: [...path, name] }))
}

/** Volumes that "restricted" has; all but hostPath are in "baseline" too. */
const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

function volumes({ value, path }: Part): PodOffence[] {
  return itemsAt(value, 'volumes').flatMap(({ item, at }) =>
    Object.keys(item)
      .filter((key) => key !== 'name' && !VOLUMES.has(key))
      .map((key) => ({
        offence: `volume ${key}`,
        needs: key === 'hostPath' ? 'privileged' : 'baseline',
        path: [...path, 'volumes', at, key],
      })),
  )
}

const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
])

function podSettings({ value, path }: Part): PodOffence[] {
  return itemsAt(value, 'securityContext', 'sysctls')
    .filter(({ item }) => !SAFE_SYSCTLS.has(textAt(item, 'name')))
    .map(({ item, at }) => ({
      offence: `sysctl ${textAt(item, 'name')}`,
      needs: 'privileged',
      path: [...path, 'securityContext', 'sysctls', at],
    }))
}

function containerOffences({ value, path }: Part, pod: JsonObject): PodOffence[] {
  const own = (...keys: string[]): Json => valueAt(value, 'securityContext', ...keys) ?? null
  const eitherWay = (...keys: string[]): Json =>
    own(...keys) ?? valueAt(pod, 'securityContext', ...keys) ?? null
  const seccomp = eitherWay('seccompProfile', 'type')
  const added = listOf(own('capabilities', 'add'))
  const hostPorts = itemsAt(value, 'ports').some(({ item }) => (item['hostPort'] ?? 0) !== 0)
  const checks: [offence: string, isMet: boolean, needs: PodOffence['needs']][] = [
    ['privileged', own('privileged') === true, 'privileged'],
    ['allowPrivilegeEscalation', own('allowPrivilegeEscalation') !== false, 'baseline'],
    ['runAsNonRoot', eitherWay('runAsNonRoot') !== true, 'baseline'],
    ['runAsUser 0', eitherWay('runAsUser') === 0, 'baseline'],
    [
      'seccompProfile',
      seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost',
      seccomp === 'Unconfined' ? 'privileged' : 'baseline',
    ],
    ['capabilities kept', !listOf(own('capabilities', 'drop')).includes('ALL'), 'baseline'],
    [
      'capabilities added',
      added.some((name) => name !== 'NET_BIND_SERVICE'),
      added.every((name) => BASELINE_CAPABILITIES.has(name)) ? 'baseline' : 'privileged',
    ],
    ['hostPort', hostPorts, 'privileged'],
    ['procMount', own('procMount') !== null && own('procMount') !== 'Default', 'privileged'],
    ['seLinuxOptions', !isPlainSeLinux(eitherWay('seLinuxOptions')), 'privileged'],
  ]
  return checks
    .filter(([, isMet]) => isMet)
    .map(([offence, , needs]) => ({ offence, needs, path: [...path, 'securityContext'] }))
}

const BASELINE_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const SELINUX_TYPES = [
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]

function isPlainSeLinux(options: Json): boolean {
  if (!isJsonObject(options)) return true
  const isOther = textAt(options, 'user') !== '' || textAt(options, 'role') !== ''
  return !isOther && SELINUX_TYPES.includes(textAt(options, 'type'))
}

function listOf(value: Json): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
