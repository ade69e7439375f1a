import { expect, test } from 'vitest'
import { addOnInfo } from '../../../src/actions/addons.ts'
import { viewAddOn } from '../../../src/output/addons-view.ts'

const charts = new URL('../../../charts', import.meta.url).pathname

test.each([50, 80, 102, 200])(
  'a terminal of %i columns holds what is told of values',
  (columns) => {
    const text = viewAddOn(addOnInfo(charts, 'tenant'), columns)
    const [, values = ''] = text.split('\nVALUES')
    const widest = Math.max(
      ...values
        .split('\n')
        .slice(1)
        .map((line) => line.length),
    )
    expect(widest).toBeLessThanOrEqual(Math.min(columns, 104))
    expect(values).toContain('Keep the namespaces')
  },
)
