import * as Flags from '@oclif/core/flags'
import type { FoundChart } from '../actions/search.ts'
import { PkgError } from '../base/errors.ts'
import { viewFound } from '../output/repositories-view.ts'
import { BaseCommand } from './base-command.ts'
import { integer } from './flag-kinds.ts'
import { outputFlag } from './flags.ts'

/** Flags of commands that look for charts in a place. */
export const searchFlags = {
  ...outputFlag,
  regexp: Flags.boolean({ char: 'r', summary: 'The keyword is a regular expression.' }),
  versions: Flags.boolean({ char: 'l', summary: 'List every version of a chart.' }),
  devel: Flags.boolean({ summary: 'Take pre-releases too.' }),
  version: Flags.string({ summary: 'Range that versions must be in.' }),
  'max-col-width': integer({ summary: 'Widest column of the table.', default: 50, min: 0 }),
  'fail-on-no-result': Flags.boolean({ summary: 'Fail when nothing is found.' }),
}

interface ShownFlags {
  output: 'table' | 'json' | 'yaml'
  'max-col-width': number
  'fail-on-no-result': boolean
}

/** What the commands that look for charts in a place have in common. */
export abstract class SearchCommand extends BaseCommand {
  /** @throws PkgError CHART_NOT_FOUND when nothing was found and that was to be a failure */
  protected printFound(found: FoundChart[], flags: ShownFlags, hint: string): void {
    if (found.length === 0 && flags['fail-on-no-result']) {
      throw new PkgError('CHART_NOT_FOUND', 'no results found', { hint })
    }
    this.print(flags.output, found, (charts) =>
      viewFound(charts, flags['max-col-width'] || Infinity),
    )
  }
}
