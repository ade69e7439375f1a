import * as Flags from '@oclif/core/flags'
import { verifyCache } from '../../actions/cache.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { outputFlag } from '../../cli/flags.ts'
import { cachePlaces } from '../../cli/open-site.ts'
import { viewCacheReport } from '../../output/cache-view.ts'

export default class CacheVerify extends BaseCommand {
  static override summary = 'Read all that was fetched and remove what is damaged.'

  static override description = `
Every archive and index is hashed. Damaged ones are never used; this finds them before they are
needed, on a machine that will have no network then.`

  static override examples = [
    '<%= config.bin %> cache verify',
    '<%= config.bin %> cache verify --dry-run -o json',
  ]

  static override flags = {
    ...outputFlag,
    'dry-run': Flags.boolean({ summary: 'Tell what would be removed, and remove nothing.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(CacheVerify)
    const dryRun = flags['dry-run']
    const report = await verifyCache(cachePlaces(flags, this.io), { dryRun })
    this.print(flags.output, report, (each) => viewCacheReport(each, { dryRun }))
  }
}
