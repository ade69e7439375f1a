import * as Args from '@oclif/core/args'
import { verifyArchive } from '../actions/verify.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { outputFlag } from '../cli/flags.ts'
import { keyringOf } from '../cli/keyring.ts'
import { viewVerification } from '../output/signing-view.ts'
import { keyringFlag } from '../cli/source-flags.ts'

export default class Verify extends BaseCommand {
  static override summary = 'Check that a trusted key vouches for the archive of a chart.'

  static override description = `
The provenance file beside the archive, ARCHIVE.prov, must be signed by a key of the keyring,
and must name the archive and its digest. Keys that have expired or were revoked vouch for
nothing. Keyrings of GnuPG old (pubring.gpg) and new (pubring.kbx) are read, and armoured keys.`

  static override examples = [
    '<%= config.bin %> verify web-1.2.3.tgz',
    '<%= config.bin %> verify web-1.2.3.tgz --keyring publishers.gpg',
  ]

  static override args = {
    path: Args.string({ required: true, description: 'Archive that "package --sign" made.' }),
  }

  static override flags = { ...keyringFlag, ...outputFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify)
    const verification = await verifyArchive(args.path, {
      keyring: keyringOf(flags, this.io),
      now: this.io.now(),
    })
    this.print(flags.output, verification, viewVerification)
  }
}
