import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Json } from '../../../src/base/json.ts'
import { decodeYamlPlain } from '../../../src/encoding/yaml-decode.ts'
import type { GoMap } from '../../../src/golang/value.ts'
import { offlineCapabilities } from '../../../src/render/capabilities.ts'
import { renderChart } from '../../../src/render/render-chart.ts'
import { coalesceValues } from '../../../src/values/coalesce.ts'
import { parseSet } from '../../../src/values/parse-set.ts'
import { loadChartDirectory } from '../../../src/chart/read-directory.ts'
import { scaffoldChart, writeScaffold } from '../../../src/chart/scaffold.ts'
import type { ScaffoldEngine } from '../../../src/chart/scaffold-common.ts'
import { oracle, runHelm } from '../../support/oracle.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const ALL = 'ingress.enabled=true,autoscaling.enabled=true,podLabels.a=b,env[0].name=A'

function written(engine: ScaffoldEngine): string {
  const folder = join(temporaryFolder(), 'shop')
  writeScaffold(folder, scaffoldChart('shop', engine))
  return folder
}

test.skipIf(oracle('helm') === undefined).each(['replicas=2', ALL])(
  'Handlebars templates give the objects of the Go templates: --set %s',
  (set) => {
    const go = written('gotemplate')
    const wanted = runHelm(['template', 'demo', go, '--set', set]).stdout
    const chart = loadChartDirectory(written('handlebars'))
    const given: GoMap = new Map()
    parseSet('set', set, given)
    const values = coalesceValues(chart, given)
    const release = { name: 'demo', namespace: 'default', revision: 1, isUpgrade: false }
    const files = renderChart(chart, values, { release, capabilities: offlineCapabilities() })
    expect(objects(files.map((file) => file.content))).toEqual(objects(wanted.split(/^---$/m)))
  },
)

/** The YAML documents of the texts by kind and name; notes are none. */
function objects(texts: readonly string[]): Record<string, Json> {
  const found = texts
    .filter((text) => text.includes('apiVersion:'))
    .map((text) => decodeYamlPlain(text))
  return Object.fromEntries(found.map((each) => [JSON.stringify(each).slice(0, 80), each]))
}
