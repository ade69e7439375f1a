import * as Flags from '@oclif/core/flags'
import { newKeyPair } from '../actions/signatures.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { passphraseOf } from '../cli/signing-options.ts'
import { writeFile } from '../cli/write-file.ts'

export default class Keygen extends BaseCommand {
  static override summary = 'Make a key pair to sign charts in OCI registries with.'

  static override description = `
PREFIX.key is the private key, for you alone, and PREFIX.pub the public one, for everybody.
They are ECDSA P-256 in PEM, which cosign can import and openssl can read. An empty passphrase
leaves the private key unencrypted. Files that are there already are not replaced.`

  static override examples = ['<%= config.bin %> keygen --output pkg']

  static override flags = {
    output: Flags.string({
      char: 'o',
      summary: 'Path of the files without .key and .pub.',
      helpValue: 'PREFIX',
      default: 'kubectl-pkg',
    }),
    'passphrase-file': Flags.string({
      summary: 'File with the passphrase of the key in its first line; - is standard input.',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Keygen)
    const prefix = flags.output
    const { passphrase } = passphraseOf(flags['passphrase-file'], this.io)
    const inherited = this.io.env['COSIGN_PASSWORD']
    const pair = newKeyPair(inherited ?? (await passphrase(`${prefix}.key`)))
    writeFile(`${prefix}.key`, pair.privateKey, { force: false, mode: 0o600 })
    writeFile(`${prefix}.pub`, pair.publicKey, { force: false })
    this.note(`Wrote ${prefix}.key and ${prefix}.pub`)
  }
}
