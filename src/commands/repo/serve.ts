import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { serveRepository } from '../../actions/serve.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { integer } from '../../cli/flag-kinds.ts'
import { onStoppingSignal } from '../../cli/signals.ts'

export default class RepoServe extends BaseCommand {
  static override summary = 'Serve a folder as a chart repository, on this machine.'

  static override description = `
The index.yaml of the folder is served, or one of all its archives when it has none, and a page
that lists the charts. The server can be reached from this machine alone unless --address says
otherwise; it has no logins. It runs until it is interrupted.`

  static override examples = ['<%= config.bin %> repo serve ./repository --port 8879']

  static override args = {
    folder: Args.string({ description: 'Folder with archives; "." by default.' }),
  }

  static override flags = {
    address: Flags.string({ summary: 'Address to listen at.', default: '127.0.0.1' }),
    port: integer({ summary: 'Port to listen at; 0 for any.', default: 8879, min: 0 }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RepoServe)
    const server = await serveRepository({
      folder: args.folder ?? '.',
      host: flags.address,
      port: flags.port,
      now: () => new Date(this.io.now()),
      onRequest: flags.debug ? (line) => this.note(line) : undefined,
    })
    this.io.out(`Serving ${args.folder ?? '.'} at ${server.url}\n`)
    await new Promise<void>((resolve) => {
      onStoppingSignal(() => resolve())
    })
    await server.close()
  }
}
