import * as Args from '@oclif/core/args'
import { logout } from '../../actions/registry.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { credentialStore } from '../../cli/registry-options.ts'

export default class RegistryLogout extends BaseCommand {
  static override summary = 'Forget the login for an OCI registry.'

  static override examples = ['<%= config.bin %> registry logout ghcr.io']

  static override args = {
    host: Args.string({ required: true, description: 'Host of the registry.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RegistryLogout)
    const wasThere = await logout(args.host, credentialStore(flags, this.io))
    this.note(
      wasThere ? `Removing login credentials for ${args.host}` : `Not logged in to ${args.host}`,
    )
  }
}
