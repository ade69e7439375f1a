import { describe, expect, test } from 'vitest'
import { formatRelease } from '../../../src/actions/release-template.ts'
import Version from '../../../src/commands/version.ts'
import { releaseOf } from '../../support/releases.ts'
import { runCli } from '../../support/run-cli.ts'

describe('version', () => {
  test.each([
    [[], `kubectl-pkg v0.0.0, node ${process.version}\n`],
    [['--short'], 'v0.0.0\n'],
    [['--template', 'Version: {{.Version}}'], 'Version: v0.0.0'],
    [['--template', '{{.Version}}{{.GitCommit}}{{.GoVersion}}'], 'v0.0.0'],
    [['-o', 'json'], `{"version":"v0.0.0","nodeVersion":"${process.version}"}\n`],
    [['-o', 'yaml'], `nodeVersion: ${process.version}\nversion: v0.0.0\n`],
  ])('%j prints %j', async (args, want) => {
    const { code, stdout } = await runCli(Version, args)
    expect([code, String(stdout)]).toEqual([0, want])
  })

  test('a template that cannot be parsed is refused in the words of Go', async () => {
    const { code, stderr } = await runCli(Version, ['--template', '{{.Version'])
    expect(code).toBe(9)
    expect(stderr).toMatch(/^Error: template: _:1: unclosed action\n/)
  })
})

describe('a release by a template', () => {
  const release = releaseOf({
    name: 'web',
    namespace: 'shop',
    revision: 3,
    status: 'deployed',
    lastDeployed: '2026-01-02T03:04:05.678901234+01:00',
    labels: { team: 'a' },
    config: new Map([['replicas', 2]]),
  })

  test.each([
    ['{{.Release.Name}}/{{.Release.Namespace}}/{{.Release.Version}}', 'web/shop/3'],
    ['{{.Release.Info.Status}}', 'deployed'],
    ['{{.Release.Info.LastDeployed.Format "2006-01-02"}}', '2026-01-02'],
    ['{{.Release.Info.Deleted.IsZero}}', 'true'],
    [
      '{{.Release.Config.replicas}}{{range $k, $v := .Release.Labels}}{{$k}}={{$v}}{{end}}',
      '2team=a',
    ],
    ['{{.Release.Chart.Metadata.Name}}', release.chart.metadata.name],
    ['{{len .Release.Hooks}}', String(release.hooks.length)],
  ])('%s', (template, want) => {
    expect(formatRelease(release, template)).toBe(want)
  })

  test('there are only functions of Go', () => {
    expect(() => formatRelease(release, '{{.Release.Name | upper}}')).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_SYNTAX',
        message: 'template: _:1: function "upper" not defined',
      }),
    )
  })
})
