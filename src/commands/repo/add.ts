import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { addRepository } from '../../actions/repositories.ts'
import { openQuestions } from '../../cli/ask.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { duration } from '../../cli/flag-kinds.ts'
import { openSite } from '../../cli/open-site.ts'
import { lastingAccessOf } from '../../cli/read-chart.ts'
import { tlsFlags } from '../../cli/source-flags.ts'

export default class RepoAdd extends BaseCommand {
  static override summary = 'Add a chart repository.'

  static override description = `
Its index is fetched and kept with a side table, so that later look-ups read little. Name,
password and token are sent to the repository's own scheme, host and port alone, also after
redirects, unless --pass-credentials is given. They are kept in repositories.yaml, which only
you can read.`

  static override examples = [
    '<%= config.bin %> repo add bitnami https://charts.bitnami.com/bitnami',
    'echo "$PASSWORD" | <%= config.bin %> repo add corp https://charts.corp.example --username me --password-stdin',
  ]

  static override args = {
    name: Args.string({ required: true, description: 'What you want to call it.' }),
    url: Args.string({ required: true, description: 'Where its index.yaml is.' }),
  }

  static override flags = {
    username: Flags.string({ summary: 'User name.', helpGroup: 'SOURCE' }),
    password: Flags.string({
      summary: 'Password; others on this machine can read it.',
      helpGroup: 'SOURCE',
    }),
    'password-stdin': Flags.boolean({
      summary: 'Read the password from standard input.',
      helpGroup: 'SOURCE',
    }),
    'token-stdin': Flags.boolean({
      summary: 'Read a bearer token from standard input, to send in the place of a password.',
      helpGroup: 'SOURCE',
    }),
    ...tlsFlags(),
    'pass-credentials': Flags.boolean({
      summary: 'Send name and password to every host that the repository names.',
      helpGroup: 'SOURCE',
    }),
    'force-update': Flags.boolean({ summary: 'Replace a repository of that name.' }),
    'allow-deprecated-repos': Flags.boolean({
      summary: 'Take addresses that are known to be dead.',
    }),
    timeout: duration({ summary: 'How long fetching the index may take.', default: 120_000 }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RepoAdd)
    const { username = '' } = flags
    let { password = '' } = flags
    if (username !== '' && password === '') {
      password = flags['password-stdin']
        ? this.readSecret()
        : await openQuestions(this.io).ask('Password: ', true)
    }
    const token = flags['token-stdin'] ? this.readSecret() : ''
    const outcome = await addRepository(
      {
        repository: {
          ...lastingAccessOf(flags),
          name: args.name,
          url: args.url,
          username,
          password,
          token,
        },
        force: flags['force-update'],
        allowDeprecated: flags['allow-deprecated-repos'],
      },
      openSite(flags, this.io, { timeout: flags.timeout }),
    )
    this.io.out(
      outcome === 'added'
        ? `"${args.name}" has been added to your repositories\n`
        : `"${args.name}" already exists with the same configuration, skipping\n`,
    )
  }

  private readSecret(): string {
    return this.io
      .stdin()
      .toString('utf8')
      .replace(/\r?\n$/, '')
  }
}
