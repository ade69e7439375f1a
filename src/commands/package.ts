import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.ts'
import { siteOpener, withoutOwnFolders } from '../cli/read-chart.ts'
import { fileStoreOf } from '../cli/read-flags.ts'
import { keyringOf } from '../cli/keyring.ts'
import { passphraseOf, requireKey, signFlags } from '../cli/signing-options.ts'
import { sourceDate } from '../cli/source-date.ts'
import { serverFlags } from '../cli/source-flags.ts'
import { loadChart } from '../actions/load-chart.ts'
import { packageToFolder, type PackageRequest } from '../actions/package.ts'
import { provenanceOf } from '../actions/sign.ts'

export default class Package extends BaseCommand {
  static override summary = 'Pack charts into archives.'

  static override description = `
The same files give the same bytes, whatever their times and wherever they lie.
SOURCE_DATE_EPOCH sets the time of all entries; it is 1970-01-01 otherwise.`

  static override examples = [
    '<%= config.bin %> package ./charts/web',
    '<%= config.bin %> package ./charts/* --destination ./dist --version 1.2.3',
  ]

  static override strict = false

  static override args = {
    chart: Args.string({ required: true, description: 'Folders of charts.' }),
  }

  static override flags = {
    destination: Flags.string({ char: 'd', summary: 'Folder for the archives.', default: '.' }),
    version: Flags.string({ summary: 'Version to give the chart.' }),
    'app-version': Flags.string({ summary: 'appVersion to give the chart.' }),
    ...signFlags,
    'dependency-update': Flags.boolean({
      char: 'u',
      summary: 'Choose versions of its dependencies and put them into charts/ first.',
    }),
    'upstream-crds': Flags.boolean({
      summary: 'Fetch the definitions that Chart.yaml names, and pack them in place of its own.',
    }),
    ...serverFlags(),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Package)
    const sign = flags.sign ? this.signer(flags) : undefined
    for (const reference of argv as string[]) {
      if (flags['dependency-update']) {
        const { fetchMissing } = await import('../cli/fetch-missing.ts')
        await fetchMissing(reference, flags, this.io, { always: true })
      }
      let chart = await loadChart(reference, () => this.io.stdin(), {
        outsideLinks: 'refuse',
        fileStore: fileStoreOf(this.io),
      })
      withoutOwnFolders(chart, this.io)
      this.noteWarnings(chart)
      if (flags['upstream-crds']) {
        const { withAllUpstreamCrds } = await import('../actions/upstream-crds.ts')
        chart = await withAllUpstreamCrds(chart, siteOpener(flags, this.io))
      }
      const path = await packageToFolder({
        chart,
        sign,
        destination: flags.destination === '.' ? this.io.cwd : flags.destination,
        version: flags.version,
        appVersion: flags['app-version'],
        mtime: sourceDate(this.io.env),
      })
      this.io.out(`Successfully packaged chart and saved it to: ${path}\n`)
    }
  }

  /** What signs archives; the passphrase is read once for all charts. */
  private signer(flags: SignFlags): PackageRequest['sign'] {
    const how = {
      key: requireKey(flags),
      keyring: keyringOf(flags, this.io),
      ...passphraseOf(flags['passphrase-file'], this.io),
    }
    return (archive) => provenanceOf(archive, how)
  }
}

interface SignFlags {
  key?: string | undefined
  keyring?: string | undefined
  'passphrase-file'?: string | undefined
}
