/**
 * How pods fail, by the value of their annotation `simulated.test/fails`: the states that the
 * failing container goes through, each after another (`from`), some milliseconds later (`after`).
 * The failing container is the first, or the one that `simulated.test/container` names; reasons
 * and messages are the kubelet's, the message can be given by `simulated.test/message`.
 */
const FAILURES = {
  'image-pull': [
    {
      to: waiting('ErrImagePull', 'manifest unknown'),
      warns: ['Failed', 'Failed to pull image: manifest unknown'],
    },
    {
      from: 'ErrImagePull',
      after: 200,
      to: waiting(
        'ImagePullBackOff',
        'Back-off pulling image %q: ErrImagePull: manifest unknown',
        '.image',
      ),
      warns: ['BackOff', 'Back-off pulling image'],
    },
  ],
  'image-pull-once': [
    {
      to: waiting('ErrImagePull', 'manifest unknown'),
      warns: ['Failed', 'Failed to pull image: manifest unknown'],
    },
  ],
  crash: restarting('Error', 1),
  'out-of-memory': restarting('OOMKilled', 137),
  'init-crash': restarting('Error', 1).map((step) => ({
    ...step,
    list: 'initContainers',
    phase: 'Pending',
  })),
  config: [
    {
      to: waiting('CreateContainerConfigError', 'secret "missing" not found'),
      warns: ['Failed', 'Error: secret "missing" not found'],
    },
  ],
  mount: [
    {
      to: waiting('ContainerCreating', ''),
      warns: [
        'FailedMount',
        'MountVolume.SetUp failed for volume "config" : configmap "missing" not found',
      ],
    },
  ],
  'not-ready': [
    {
      to: running(),
      phase: 'Running',
      warns: ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'],
    },
  ],
  exit: [
    { to: running(), phase: 'Running' },
    { from: 'Running', after: 50, to: terminated('Error', 1), phase: 'Failed' },
  ],
}

/** Gives the stages of kwok by which pods fail. */
export function failingStages() {
  return Object.entries(FAILURES).flatMap(([name, steps]) =>
    steps.map((step, at) => toStage(name, at, { list: 'containers', phase: 'Pending', ...step })),
  )
}

/** A container that ends and is started again, with longer and longer pauses in the real world. */
function restarting(reason, exitCode) {
  const ended = terminated(reason, exitCode)
  const phase = 'Running'
  return [
    { to: running(), phase },
    { from: 'Running', after: 100, to: ended, phase },
    {
      from: reason,
      after: 100,
      to: waiting('CrashLoopBackOff', 'back-off 10s restarting failed container=%s', '.name'),
      last: ended,
      phase,
      warns: ['BackOff', 'Back-off restarting failed container'],
    },
    { from: 'CrashLoopBackOff', after: 1000, to: running(), last: ended, restarts: 1, phase },
  ]
}

/** @param field what of the container the message tells, for its `%q` or `%s` */
function waiting(reason, message, field) {
  const text = JSON.stringify(message)
  const said = field === undefined ? text : `(printf ${text} ${field})`
  return `waiting: {reason: ${reason}, message: {{ or $said ${said} | Quote }}}`
}

/** It runs, but is never ready: a pod that was ready for a moment would have been available. */
function running() {
  return 'running: {startedAt: {{ Now | Quote }}}'
}

function terminated(reason, exitCode) {
  const times = 'startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}'
  return `terminated: {reason: ${reason}, exitCode: ${exitCode}, message: {{ $said | Quote }}, ${times}}`
}

function toStage(name, at, step) {
  const [reason, message] = step.warns ?? []
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name: `pod-fails-${name}-${at}` },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Pod' },
      selector: {
        matchAnnotations: { 'simulated.test/fails': name },
        matchExpressions: [
          { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
          { key: stateQuery(step.list), operator: 'In', values: [step.from ?? 'none'] },
        ],
      },
      delay: { durationMilliseconds: step.after ?? 0 },
      next: {
        statusTemplate: statusTemplate(step),
        ...(reason === undefined ? {} : { event: { type: 'Warning', reason, message } }),
      },
    },
  }
}

/** The failing container's state in a word; it is restarted four times, then pods get quiet. */
function stateQuery(list) {
  return `. as $pod
    | ($pod.metadata.annotations["simulated.test/container"] // $pod.spec.${list}[0].name) as $name
    | if ($pod.status.${statuses(list)} // [] | length) == 0 then "none" else
        $pod.status.${statuses(list)}[]
        | select(.name == $name)
        | if .restartCount > 3 and .state.waiting then "given up"
          else .state.waiting.reason // .state.terminated.reason // "Running" end
      end`
}

function statuses(list) {
  return list === 'containers' ? 'containerStatuses' : 'initContainerStatuses'
}

function statusTemplate({ list, phase, to, last, restarts = 0 }) {
  const isInit = list === 'initContainers'
  return `
{{ $notes := or .metadata.annotations dict }}
{{ $said := or (index $notes "simulated.test/message") "" }}
{{ $failing := or (index $notes "simulated.test/container") (index .spec.${list} 0).name }}
{{ $restarts := ${restarts} }}
{{ range .status.${statuses(list)} }}
{{ if eq .name $failing }}{{ $restarts = add ${restarts} .restartCount }}{{ end }}
{{ end }}
phase: ${phase}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
startTime: {{ or .status.startTime Now | Quote }}
conditions:
- {type: Initialized, status: "${isInit ? 'False' : 'True'}", lastTransitionTime: {{ Now | Quote }}}
- {type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ Now | Quote }}}
- {type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ Now | Quote }}}
${statuses(list)}:
{{ range .spec.${list} }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
{{ if eq .name $failing }}
  ready: false
  started: false
  restartCount: {{ $restarts }}
  state: {${to}}
  lastState: {${last ?? ''}}
{{ else }}
  ready: ${isInit ? 'false' : 'true'}
  started: ${isInit ? 'false' : 'true'}
  restartCount: 0
  state: {${isInit ? 'waiting: {reason: PodInitializing}' : running()}}
{{ end }}
{{ end }}
${isInit ? waitingForInit() : ''}`
}

function waitingForInit() {
  return `containerStatuses:
{{ range .spec.containers }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", ready: false, started: false, restartCount: 0, state: {waiting: {reason: PodInitializing}}}
{{ end }}`
}
