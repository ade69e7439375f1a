import { PipelineReader } from './pipeline-reader.ts'
import { Source } from './source.ts'
import { StatementTable } from './statement-table.ts'
import type { KeptFiles, ReadLists } from './template-files.ts'

/** What was read of the same files in an earlier run, with the same functions. */
export function restoreLists(
  files: readonly { name: string; text: string }[],
  kept: KeptFiles,
  isFunction: (name: string) => boolean,
): { source: Source; lists: ReadLists }[] {
  const sources = files.map(({ name, text }, index) => new Source(name, text, index))
  const table = StatementTable.from(kept, new PipelineReader(sources, isFunction))
  const { lists, names } = kept
  let at = 0
  return sources.map((source) => {
    const own = lists[at] ?? 0
    const end = at + 2 + 2 * (lists[at + 1] ?? 0)
    const defined = new Map<string, number>()
    for (at += 2; at < end; at += 2) defined.set(names[lists[at] ?? 0] ?? '', lists[at + 1] ?? 0)
    return { source, lists: { table, own, defined } }
  })
}
