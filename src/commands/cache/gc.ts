import * as Flags from '@oclif/core/flags'
import { collectCache } from '../../actions/cache.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { duration, size } from '../../cli/flag-kinds.ts'
import { outputFlag } from '../../cli/flags.ts'
import { cachePlaces } from '../../cli/open-site.ts'
import { viewCacheReport } from '../../output/cache-view.ts'

const MONTH = 30 * 24 * 60 * 60 * 1000

export default class CacheGc extends BaseCommand {
  static override summary = 'Remove what was fetched and not used for long.'

  static override description = `
What is removed is fetched again when it is next needed. Temporary files that runs have left behind
which were cut off are removed after six hours.`

  static override examples = [
    '<%= config.bin %> cache gc --dry-run',
    '<%= config.bin %> cache gc --older-than 168h --max-size 500Mi',
  ]

  static override flags = {
    ...outputFlag,
    'older-than': duration({ summary: 'How long it was not used; 30 days.', default: MONTH }),
    'max-size': size({ summary: 'Remove the longest unused until no more than this is left.' }),
    'dry-run': Flags.boolean({ summary: 'Tell what would be removed, and remove nothing.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(CacheGc)
    const dryRun = flags['dry-run']
    const report = await collectCache(cachePlaces(flags, this.io), {
      olderThan: flags['older-than'],
      maxBytes: flags['max-size'],
      dryRun,
      now: this.io.now(),
    })
    this.print(flags.output, report, (each) => viewCacheReport(each, { dryRun }))
  }
}
