import { expect, test } from 'vitest'
import { chartOf, chartYaml } from '../../../test/support/chart-builder.ts'
import { buildGraph } from '../src/graph.ts'
import { viewMermaid } from '../src/mermaid.ts'
import { viewSvg } from '../src/svg.ts'
import { viewText } from '../src/text.ts'

const graph = buildGraph({
  title: 'chart web 1.2.3',
  chart: chartOf({
    'Chart.yaml': chartYaml('web').replace(/version: .*/, 'version: 1.2.3'),
    'charts/db/Chart.yaml': chartYaml('db'),
    'charts/cache/Chart.yaml': chartYaml('cache'),
  }),
  manifest: `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
---
apiVersion: v1
kind: Service
metadata: {name: web}
---
apiVersion: v1
kind: Service
metadata: {name: 'a"b'}
`,
  hooks: [hook('late', 5), hook('early', -5)],
})

function hook(name: string, weight: number) {
  return {
    name,
    kind: 'Job',
    path: `web/templates/${name}.yaml`,
    manifest: '',
    events: ['pre-install' as const],
    weight,
    deletePolicies: [],
    outputLogPolicies: [],
  }
}

test('the text shows charts by name, objects by wave, hooks by weight', () => {
  expect(viewText(graph)).toMatchInlineSnapshot(`
    "chart web 1.2.3
    ├─ charts
    │  └─ web 1.2.3
    │     ├─ cache 1.0.0
    │     └─ db 1.0.0
    ├─ objects
    │  ├─ wave 1: Service
    │  │  ├─ Service/web
    │  │  └─ Service/a"b
    │  └─ wave 2: Deployment
    │     └─ Deployment/web
    └─ hooks
       ├─ Job/early (pre-install; weight -5)
       └─ Job/late (pre-install; weight 5)"
  `)
})

test('Mermaid gets one subgraph a wave, joined in order, with quotes as entities', () => {
  expect(viewMermaid(graph)).toMatchInlineSnapshot(`
    "flowchart LR
      subgraph charts
        c["web 1.2.3"]
        c_0["cache 1.0.0"]
        c --> c_0
        c_1["db 1.0.0"]
        c --> c_1
      end
      subgraph w0["wave 1: Service"]
        w0o0["Service/web"]
        w0o1["Service/a#quot;b"]
      end
      charts --> w0
      subgraph w1["wave 2: Deployment"]
        w1o0["Deployment/web"]
      end
      w0 --> w1
      subgraph hooks
        h0(["Job/early<br>pre-install"])
        h1(["Job/late<br>pre-install"])
      end"
  `)
})

test('the picture is well-formed: every box has its lines, and text is escaped', () => {
  const svg = viewSvg(graph)
  expect(svg.match(/<rect /g)).toHaveLength(5)
  expect(svg.match(/<path /g)).toHaveLength(3)
  expect([...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1])).toEqual([
    'chart web 1.2.3',
    'charts',
    'web 1.2.3',
    '  cache 1.0.0',
    '  db 1.0.0',
    'wave 1: Service',
    'Service/web',
    'Service/a&quot;b',
    'wave 2: Deployment',
    'Deployment/web',
    'hooks',
    'Job/early (pre-install)',
    'Job/late (pre-install)',
  ])
})
