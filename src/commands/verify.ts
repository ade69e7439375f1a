import * as Args from '@oclif/core/args'
import { verifyReference } from '../actions/signatures.ts'
import { verifyChart } from '../actions/verify.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { list } from '../cli/flag-kinds.ts'
import { outputFlag } from '../cli/flags.ts'
import { keyringOf } from '../cli/keyring.ts'
import { registryOptions } from '../cli/registry-options.ts'
import { viewChecked, viewVerification } from '../output/signing-view.ts'
import { keyringFlag, registryFlags } from '../cli/source-flags.ts'

export default class Verify extends BaseCommand {
  static override summary = 'Check that a trusted key vouches for a chart.'

  static override description = `
The provenance file beside the archive, ARCHIVE.prov, must be signed by a key of the keyring,
and must name the archive and its digest. Keys that have expired or were revoked vouch for
nothing. Keyrings of GnuPG old (pubring.gpg) and new (pubring.kbx) are read, and armoured keys.

A chart in a registry, oci://…, is checked with --key: one of the public keys must have signed
its digest, as "sign" and cosign do. Without --key, its provenance file is checked.`

  static override examples = [
    '<%= config.bin %> verify web-1.2.3.tgz',
    '<%= config.bin %> verify web-1.2.3.tgz --keyring publishers.gpg',
    '<%= config.bin %> verify oci://ghcr.io/acme/charts/web:1.2.3 --key acme.pub',
  ]

  static override args = {
    path: Args.string({ required: true, description: 'Archive, or oci://HOST/PATH:VERSION.' }),
  }

  static override flags = {
    key: list({ summary: 'File of a public key that may have signed, in PEM; may be repeated.' }),
    ...keyringFlag,
    ...registryFlags(),
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify)
    const registry = registryOptions(flags, this.io)
    const { key: keys = [] } = flags
    if (keys.length > 0) {
      const checked = await verifyReference(args.path, keys, registry)
      return this.print(flags.output, checked, viewChecked)
    }
    const trusted = { keyring: keyringOf(flags, this.io), now: this.io.now() }
    const verification = await verifyChart(args.path, trusted, registry)
    this.print(flags.output, verification, viewVerification)
  }
}
