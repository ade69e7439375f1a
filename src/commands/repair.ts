import * as Flags from '@oclif/core/flags'
import { releaseArg } from '../cli/args.ts'
import { lockFlags, outputFlag, preflightFlag } from '../cli/flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { writeBackup } from '../cli/write-backup.ts'
import { repair } from '../actions/repair.ts'
import { repairDocument, viewRepair, viewRepaired } from '../output/repair-view.ts'

const { 'lock-timeout': lockTimeout } = lockFlags()

export default class Repair extends ReleaseCommand {
  static override summary = 'Find damaged records of a release, and mend or remove them.'

  static override description = `
Reads every record of the release and tells of each that is damaged what is wrong with it and what
would be done. Nothing is changed without --yes; with it the damaged records are first saved, as
they are, to a file that only you can read.

Labels, type and name are put right from what the record itself says. A record that cannot be
read is removed. Objects of the release are left alone.`

  static override examples = [
    '<%= config.bin %> repair web --namespace shop',
    '<%= config.bin %> repair web --namespace shop --yes --backup web-records.json',
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = {
    ...outputFlag,
    yes: Flags.boolean({ summary: 'Save the damaged records, then mend or remove them.' }),
    backup: Flags.string({
      summary: 'File to save them to, which must not be there; NAME.records-TIME.json by default.',
      helpValue: 'FILE',
    }),
    'lock-timeout': lockTimeout,
    ...preflightFlag(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Repair)
    const connections = await this.openConnections(flags)
    const saveBackup = async (text: string): Promise<string> => {
      const path = await writeBackup(this.io, { given: flags.backup, name: args.name }, text)
      this.note(`saved the damaged records as they were to ${path}`)
      return path
    }
    const result = await repair(connections, {
      release: this.releaseOf(args.name, flags),
      saveBackup: flags.yes ? saveBackup : undefined,
    })
    if (flags.output === 'table') this.print('table', result, viewRepair)
    else this.print(flags.output, repairDocument(result), String)
    const told = viewRepaired(result)
    if (told !== '') this.note(told)
  }
}
