import * as Flags from '@oclif/core/flags'
import { releaseArg } from '../cli/args.ts'
import { list } from '../cli/flag-kinds.ts'
import { lockFlags, waitFlags } from '../cli/flags.ts'
import { readTestFilters } from '../cli/read-flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { testRelease } from '../actions/test-release.ts'
import { viewTested } from '../output/tested-view.ts'

const { timeout, events } = waitFlags()

export default class Test extends ReleaseCommand {
  static override summary = 'Run the tests of a release.'

  static override description = `
Tests are hooks of the chart for the event "test", mostly Pods and Jobs that must end well. They
run one after the other, by weight and name; the first that fails ends it.`

  static override examples = [
    '<%= config.bin %> test web',
    '<%= config.bin %> test web --filter name=web-check --logs',
    "<%= config.bin %> test web --filter '!name=web-load'",
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = {
    filter: list({
      summary: 'Run only tests of a name: name=TEST; or leave one out: !name=TEST.',
      commas: true,
    }),
    logs: Flags.boolean({ summary: 'Print what the tests have written.' }),
    'hide-notes': Flags.boolean({
      summary: 'Accepted for scripts written for Helm: no notes are printed.',
      hidden: true,
    }),
    timeout,
    events,
    ...lockFlags(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Test)
    const connections = await this.openConnections(flags)
    const release = this.releaseOf(args.name, flags)
    const filters = readTestFilters(flags.filter)
    const request = { release, ...filters, withLogs: flags.logs }
    await testRelease(connections, request, async (tested) => {
      this.io.out(viewTested(tested.release, flags.logs ? await tested.logs() : undefined))
    })
  }
}
