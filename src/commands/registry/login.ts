import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { login } from '../../actions/registry.ts'
import { openQuestions } from '../../cli/ask.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { credentialStore, registryOptions } from '../../cli/registry-options.ts'
import { tlsFlags } from '../../cli/source-flags.ts'

interface LoginFlags {
  username?: string | undefined
  password?: string | undefined
  'password-stdin': boolean
}

export default class RegistryLogin extends BaseCommand {
  static override summary = 'Log in to an OCI registry.'

  static override description = `
The registry is asked whether it takes the login. It is then kept where Helm keeps its own, so
that a login of either serves both: in a credential helper when config.json names one, else in
that file, readable by you alone. Logins of Docker are used where Helm has none.`

  static override examples = [
    'echo "$TOKEN" | <%= config.bin %> registry login ghcr.io -u octocat --password-stdin',
    '<%= config.bin %> registry login localhost:5000 --plain-http',
  ]

  static override args = {
    host: Args.string({ required: true, description: 'Host of the registry.' }),
  }

  static override flags = {
    ...tlsFlags(),
    insecure: Flags.boolean({ summary: 'The same as --insecure-skip-tls-verify.', hidden: true }),
    'plain-http': Flags.boolean({ summary: 'Speak http to the registry, unencrypted.' }),
    'pass-credentials': Flags.boolean({
      summary: 'Let the login go to another host when the registry names one for its tokens.',
    }),
    username: Flags.string({ char: 'u', summary: 'User name.' }),
    password: Flags.string({
      char: 'p',
      summary: 'Password or token; others on this machine can read it.',
    }),
    'password-stdin': Flags.boolean({ summary: 'Read the password from standard input.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RegistryLogin)
    const { username, password } = await this.readLogin(flags)
    const identity = username === '' ? { identityToken: password } : {}
    const saved = await login({
      host: args.host,
      credential: { username, password, ...identity },
      registry: registryOptions(
        {
          ...flags,
          'insecure-skip-tls-verify': flags.insecure || flags['insecure-skip-tls-verify'],
          username: undefined,
          password: undefined,
        },
        this.io,
      ),
      store: credentialStore(flags, this.io),
    })
    if ('file' in saved) {
      this.note(
        `The login is kept unencrypted in ${saved.file}; a credential helper keeps it safer.`,
      )
    }
    this.note('Login Succeeded')
  }

  private async readLogin(flags: LoginFlags): Promise<{ username: string; password: string }> {
    const { username = '', password = '' } = flags
    if (flags['password-stdin']) {
      const text = this.io.stdin().toString('utf8')
      return { username, password: text.replace(/\r?\n$/, '') }
    }
    if (password !== '') {
      this.note('warning: others on this machine can read --password; use --password-stdin')
      return { username, password }
    }
    const questions = openQuestions(this.io)
    const name = username === '' ? (await questions.ask('Username: ')).trim() : username
    const secret = await questions.ask(name === '' ? 'Token: ' : 'Password: ', true)
    return { username: name, password: secret }
  }
}
