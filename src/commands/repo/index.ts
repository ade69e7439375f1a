import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { indexRepository } from '../../actions/publish.ts'
import { BaseCommand } from '../../cli/base-command.ts'

export default class RepoIndex extends BaseCommand {
  static override summary = 'Write the index.yaml of a folder of archives.'

  static override description = `
Archives of the folder and of those right below it are listed, newest version first. With
--merge, versions of another index are kept where the folder has no archive of them.`

  static override examples = [
    '<%= config.bin %> repo index ./repository --url https://charts.example.com',
    '<%= config.bin %> repo index ./new --merge ./repository/index.yaml',
  ]

  static override args = {
    folder: Args.string({ required: true, description: 'Folder with archives.' }),
  }

  static override flags = {
    url: Flags.string({ summary: 'Address of the repository, put before the archives’ names.' }),
    merge: Flags.string({ summary: 'Index whose versions are kept.' }),
    json: Flags.boolean({ summary: 'Write JSON.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RepoIndex)
    await indexRepository({
      folder: args.folder,
      baseUrl: flags.url ?? '',
      merge: flags.merge,
      json: flags.json,
      now: () => new Date(this.io.now()),
    })
  }
}
