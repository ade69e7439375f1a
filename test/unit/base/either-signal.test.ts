import { expect, test } from 'vitest'
import { eitherSignal } from '../../../src/base/either-signal.ts'

test.each([0, 1])('signal %i aborts it, with its reason', (which) => {
  const controllers = [new AbortController(), new AbortController()]
  const signal = eitherSignal(...controllers.map((each) => each.signal))
  controllers[which]?.abort('enough')
  expect({ aborted: signal.aborted, reason: signal.reason as unknown }).toEqual({
    aborted: true,
    reason: 'enough',
  })
})

test('many calls may heed it without a warning', async () => {
  const warnings: string[] = []
  const listen = ({ name }: Error): number => warnings.push(name)
  process.on('warning', listen)
  const signal = eitherSignal(new AbortController().signal)
  for (let call = 0; call < 50; call++) signal.addEventListener('abort', () => call)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  expect(warnings).toEqual([])
})
