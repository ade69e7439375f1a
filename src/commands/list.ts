import * as Flags from '@oclif/core/flags'
import { integer } from '../cli/flag-kinds.ts'
import { outputFlag } from '../cli/flags.ts'
import { nameFilter } from '../cli/read-flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { list, type StatusFilter } from '../actions/inspect.ts'
import { listItem, repairHints, unreadableItem, viewList } from '../output/release-view.ts'

const STATUSES: readonly StatusFilter[] = [
  'deployed',
  'failed',
  'pending',
  'superseded',
  'uninstalled',
  'uninstalling',
]

export default class List extends ReleaseCommand {
  static override summary = 'List releases, each by its newest revision.'

  static override aliases = ['ls']

  static override examples = [
    '<%= config.bin %> list --all-namespaces',
    '<%= config.bin %> list --failed --output json',
  ]

  static override flags = {
    ...outputFlag,
    'all-namespaces': Flags.boolean({ char: 'A', summary: 'List all namespaces.' }),
    filter: Flags.string({ char: 'f', summary: 'Regular expression that names must match.' }),
    selector: Flags.string({
      char: 'l',
      summary: 'Labels that releases must have: key=value,key2!=value2.',
    }),
    max: integer({ char: 'm', summary: 'Most releases to list.', default: 256, min: 0 }),
    offset: integer({ summary: 'Releases to pass over.', default: 0, min: 0 }),
    date: Flags.boolean({ char: 'd', summary: 'Sort by date instead of name.' }),
    reverse: Flags.boolean({ char: 'r', summary: 'Sort the other way round.' }),
    short: Flags.boolean({ char: 'q', summary: 'Print names alone.' }),
    'no-headers': Flags.boolean({ summary: 'Leave the headings out.' }),
    'time-format': Flags.string({
      summary: 'Layout of the times, as Go has it: "2006-01-02 15:04:05Z0700".',
    }),
    deployed: Flags.boolean({ summary: 'List deployed releases.' }),
    failed: Flags.boolean({ summary: 'List failed releases.' }),
    pending: Flags.boolean({ summary: 'List releases that a run is changing, or was cut off at.' }),
    superseded: Flags.boolean({ summary: 'List superseded revisions.' }),
    uninstalled: Flags.boolean({ summary: 'List releases whose history was kept.' }),
    uninstalling: Flags.boolean({ summary: 'List releases that are being uninstalled.' }),
    all: Flags.boolean({
      char: 'a',
      summary: 'List releases of every status; the default.',
      hidden: true,
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(List)
    const connections = await this.openConnections(flags)

    const namespace = flags['all-namespaces'] ? undefined : this.namespaceOf(flags)
    const { releases, unreadable, hidden } = await list(connections, {
      namespace,
      ...(flags.filter !== undefined && { matches: nameFilter(flags.filter) }),
      ...(flags.selector !== undefined && { selector: flags.selector }),
      statuses: STATUSES.filter((status) => flags[status as 'deployed']),
      byDate: flags.date,
      reverse: flags.reverse,
      offset: flags.offset,
      max: flags.max,
    })

    for (const { namespace, name, place, reason } of unreadable) {
      this.note(
        `warning: the record ${place} of release "${namespace}/${name}" cannot be read: ${reason}`,
      )
    }
    for (const hint of repairHints(unreadable)) this.note(hint)
    const items = [
      ...releases.map((release) => listItem(release, flags['time-format'])),
      ...hidden.map(unreadableItem),
    ]
    await this.noteEmpty(items, namespace)
    if (flags.short) {
      const names = items.map(({ name }) => name)
      return this.print(flags.output, names, () => names.join('\n'))
    }
    this.print(flags.output, items, () => viewList(items, { headers: !flags['no-headers'] }))
  }
}
