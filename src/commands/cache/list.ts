import { listCache } from '../../actions/cache.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { outputFlag } from '../../cli/flags.ts'
import { cachePlaces } from '../../cli/open-site.ts'
import { viewCache } from '../../output/cache-view.ts'

export default class CacheList extends BaseCommand {
  static override summary = 'List the archives and indexes that were fetched.'

  static override description = `
An archive is kept by its digest, whoever it came from; an index by the address of its repository.
Each is fetched again when it is needed and not there.`

  static override aliases = ['cache:ls']

  static override examples = ['<%= config.bin %> cache list']

  static override flags = outputFlag

  async run(): Promise<void> {
    const { flags } = await this.parse(CacheList)
    this.print(flags.output, await listCache(cachePlaces(flags, this.io)), viewCache)
  }
}
