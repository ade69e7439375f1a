import { test } from 'vitest'
import { failingWorkloads } from '../support/failing-workloads.ts'
import { eventually, freshNamespace, kubectl, kubectlOk } from '../support/plane.ts'
import { symptomsOf } from '../support/symptoms.ts'

// The reasons are those that Kubernetes' own kubelet, scheduler and controllers give.
test.concurrent.each(failingWorkloads.map((each) => [each.name, each] as const))(
  '%s is told by the API server',
  async (_name, { objects, namespaceLabels, symptom }) => {
    const namespace = await freshNamespace(namespaceLabels)
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], { input })
    await eventually(async () => (await symptomsOf(namespace)).includes(symptom))
  },
)

test('the log of a container before its restart tells why it ended', async () => {
  const namespace = await freshNamespace()
  const crash = failingWorkloads.filter(({ symptom }) => symptom.endsWith('after Error 1'))
  const items = crash.slice(0, 1).flatMap(({ objects }) => objects)
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  await kubectlOk(['apply', '-n', namespace, '-f', '-'], { input })
  await eventually(async () => {
    const { stdout } = await kubectl(['logs', '-n', namespace, '--previous', 'deployment/web'])
    return stdout.endsWith('no such file\nexit 1\n')
  })
})
