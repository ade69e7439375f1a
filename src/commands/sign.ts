import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { signReference } from '../actions/signatures.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { outputFlag } from '../cli/flags.ts'
import { registryOptions } from '../cli/registry-options.ts'
import { passphraseOf, requireKey } from '../cli/signing-options.ts'
import { registryFlags } from '../cli/source-flags.ts'
import { viewSigned } from '../output/signing-view.ts'

export default class Sign extends BaseCommand {
  static override summary = 'Sign a chart in an OCI registry with a key pair.'

  static override description = `
The digest of the chart is signed and the signature is put beside it as cosign does, under the
tag sha256-DIGEST.sig; "cosign verify --key" accepts it. Signatures of others stay. Keys of
cosign, of openssl and of "keygen" are read. COSIGN_PASSWORD is the passphrase when it is set.`

  static override examples = [
    '<%= config.bin %> keygen --output pkg && <%= config.bin %> sign oci://ghcr.io/acme/charts/web:1.2.3 --key pkg.key',
  ]

  static override args = {
    reference: Args.string({ required: true, description: 'oci://HOST/PATH:VERSION or @DIGEST.' }),
  }

  static override flags = {
    key: Flags.string({ summary: 'File of the private key, in PEM.' }),
    'passphrase-file': Flags.string({
      summary: 'File with the passphrase of the key in its first line; - is standard input.',
    }),
    ...registryFlags(),
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Sign)
    const key = requireKey(flags)
    const { passphrase } = passphraseOf(flags['passphrase-file'], this.io)
    const inherited = this.io.env['COSIGN_PASSWORD']
    const signed = await signReference(
      {
        reference: args.reference,
        key,
        passphrase: () => (inherited === undefined ? passphrase(key) : Promise.resolve(inherited)),
      },
      registryOptions(flags, this.io),
    )
    this.print(flags.output, signed, viewSigned)
  }
}
