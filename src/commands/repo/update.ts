import * as Args from '@oclif/core/args'
import { updateRepositories } from '../../actions/repositories.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { duration } from '../../cli/flag-kinds.ts'
import { openSite } from '../../cli/open-site.ts'
import { strictRepoFlag } from '../../cli/source-flags.ts'
import { term } from '../../output/term.ts'
import { viewUpdate } from '../../output/repositories-view.ts'

export default class RepoUpdate extends BaseCommand {
  static override summary = 'Fetch the indexes of repositories.'

  static override description = `
A server that says that its index has not changed is not asked for it again. You are warned of
an index that is older than the one before it, and of versions that have other digests now than
before; with --strict-repo such an index is refused.`

  static override aliases = ['repo:up']

  static override examples = [
    '<%= config.bin %> repo update',
    '<%= config.bin %> repo update bitnami corp',
  ]

  static override strict = false

  static override args = {
    repository: Args.string({ description: 'Repositories to update; all by default.' }),
  }

  static override flags = {
    ...strictRepoFlag,
    timeout: duration({ summary: 'How long fetching an index may take.', default: 120_000 }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(RepoUpdate)
    let isFirst = true
    await updateRepositories(
      argv as string[],
      openSite(flags, this.io, { timeout: flags.timeout }),
      (result) => {
        if (isFirst) this.io.out(`${GRAB}\n`)
        isFirst = false
        this.io.out(`${term(viewUpdate(result))}\n`)
      },
    )
    this.io.out('Update Complete. ⎈Happy Helming!⎈\n')
  }
}

const GRAB = 'Hang tight while we grab the latest from your chart repositories...'
