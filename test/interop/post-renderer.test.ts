import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import Template from '../../src/commands/template.ts'
import { decodeYamlPlain } from '../../src/encoding/yaml-decode.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { runHelmClient } from '../support/helm-client.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const home = temporaryFolder()

/** A chart with objects in several layouts, some of them in one file. */
const chart = writeChart(join(home, 'web'), {
  'Chart.yaml': chartYaml('web'),
  'templates/block.yaml': [
    '# the first\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a # why\n  labels:\n    team: shop',
    'data:\n  list: |\n    - team: shop\n  text: "yes"\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:',
    '    annotations:\n        x: y\n    name: b\n',
  ].join('\n'),
  'templates/flow.yaml': [
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {team: shop}}\ndata: {n: "1"}\n---',
    '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "d"}}\n---',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: e,\n  annotations: {x: y}}\n',
  ].join('\n'),
  'templates/glued.yaml': '---\n---\n---apiVersion: v1\nkind: Service\nmetadata:\n  name: g\n',
  'templates/hook.yaml': [
    'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: f\n  labels:\n    team: shop\n',
    '  annotations: {"helm.sh/hook": pre-install}\nspec: {}\n',
  ].join(''),
  'templates/NOTES.txt': 'team: shop',
})

/** A post-renderer as Helm wants it, a plugin whose program changes a label. */
const plugins = writeChart(join(home, 'plugins'), {
  'shout/plugin.yaml': [
    'apiVersion: v1\ntype: postrenderer/v1\nname: shout\nversion: 0.1.0\nruntime: subprocess',
    'runtimeConfig:\n  platformCommand:\n    - command: "${HELM_PLUGIN_DIR}/shout.sh"\n',
  ].join('\n'),
  'shout/shout.sh': [
    '#!/bin/sh\nsed "s/team: shop/team: market/"',
    'printf -- "---\\napiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: made\\n"\n',
  ].join('\n'),
})
const program = join(plugins, 'shout', 'shout.sh')
chmodSync(program, 0o755)

/** What a manifest holds: each document with the file it comes from, in its order. */
function objectsIn(manifest: string): [string, unknown][] {
  return manifest
    .split(/^---\n/m)
    .filter(Boolean)
    .map((text) => [/^# Source: (.*)$/m.exec(text)?.[1] ?? '', decodeYamlPlain(text)])
}

async function ours(...flags: string[]) {
  const { code, stdout, stderr } = await runCli(Template, ['x', chart, ...flags], {
    env: { PATH: process.env['PATH'] ?? '' },
  })
  return { code, stdout: stdout.toString(), stderr }
}

test('what a post-renderer changes and adds is where Helm has it', async () => {
  const flags = ['template', 'x', chart, '--post-renderer', 'shout']
  const { stdout: wanted } = await runHelmClient(flags, home, home, { HELM_PLUGINS: plugins })
  const { stdout } = await ours('--post-renderer', program)
  expect(objectsIn(wanted)).toHaveLength(8)
  expect(objectsIn(stdout)).toEqual(objectsIn(wanted))
})

test('a document keeps its layout when it is not in flow style', async () => {
  const { stdout: plain } = await ours('--show-only', 'templates/block.yaml')
  const { stdout } = await ours('--show-only', 'templates/block.yaml', '--post-renderer', program)
  expect(stdout).toBe(plain.replaceAll(/team: shop/g, 'team: market'))
})

test.each([
  ['a: [b', /no object, in the document at line 1: yaml: .*did not find expected/],
  ['only text', /no object, in the document at line 1: .*cannot unmarshal string/],
  ['a: b\n---\nc: [d', /no object, in the document at line 3: /],
])('a program that prints %j is refused with the line', async (text, message) => {
  const folder = writeChart(temporaryFolder(), {
    'bad.sh': `#!/bin/sh\ncat >/dev/null\ncat <<'EOF'\n${text}\nEOF\n`,
  })
  chmodSync(join(folder, 'bad.sh'), 0o755)
  const { code, stderr, stdout } = await ours('--post-renderer', join(folder, 'bad.sh'))
  expect([code, stdout]).toEqual([9, ''])
  expect(stderr).toMatch(message)
})

test('a manifest that cannot be read never reaches the program', async () => {
  const broken = writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml('web'),
    'templates/a.yaml': 'kind: A\nmetadata: {name: a\n',
  })
  const flags = ['x', broken, '--post-renderer', 'cat']
  const { code, stderr } = await runCli(Template, flags, {
    env: { PATH: process.env['PATH'] ?? '' },
  })
  expect(code).toBe(6)
  expect(stderr).toContain('YAML parse error on web/templates/a.yaml')
})
