/*
 * What was read of a chart's templates, kept from one run to the next, so that they need not be read
 * again: of a large chart that is a quarter of all time. It serves for the very same files alone,
 * which are kept beside it.
 */
import { openFile, packFile, type FileStore } from '../base/kept-file.ts'
import type { KeptFiles } from '../gotmpl/template-files.ts'
import { sizeOf, type TemplateFile } from './collect-templates.ts'

/** Rows, places and lists; see KeptFiles. */
const TEMPLATES = { kind: 'kpkt', parts: 3 }

interface Names {
  /** Path and size of every file. */
  files: [string, number][]
  names: string[]
}

/** What an earlier run has kept of the same files; undefined when there is none. */
export function findTemplates(
  store: FileStore,
  files: readonly TemplateFile[],
): KeptFiles | undefined {
  const size = sizeOf(files)
  const file = openFile(store.read(nameOf(files, size)), TEMPLATES)
  if (file === undefined) return undefined
  const [rows, places, lists] = file.parts
  const { files: known, names } = file.json as unknown as Names
  const [texts] = file.texts
  if (texts?.length !== size || !areSame(files, known, texts)) return undefined
  return rows && places && lists && { rows, places, lists, names }
}

/** Keeps what was read of files for later runs. */
export function keepTemplates(
  store: FileStore,
  files: readonly TemplateFile[],
  kept: KeptFiles,
): void {
  const { rows, places, lists, names } = kept
  const content = packFile(TEMPLATES.kind, {
    parts: [rows, places, lists],
    json: { files: files.map(({ path, data }) => [path, data.length]), names: [...names] },
    texts: files.map(({ data }) => data),
  })
  store.write(nameOf(files, sizeOf(files)), content)
}

/** Charts of one name and size take one file of the cache, in which the last one stays. */
function nameOf(files: readonly TemplateFile[], size: number): string {
  const [chart = ''] = files.at(-1)?.path.split('/') ?? []
  return `${chart.replaceAll(/[^\w-]/g, '_').slice(0, 64)}-${files.length}-${size}`
}

function areSame(
  files: readonly TemplateFile[],
  known: readonly [string, number][],
  texts: Uint8Array,
): boolean {
  if (files.length !== known.length) return false
  const bytes = Buffer.from(texts.buffer, texts.byteOffset, texts.length)
  let at = 0
  return files.every(({ path, data }, index) => {
    const [knownPath, size = 0] = known[index] ?? []
    const start = at
    at += size
    return path === knownPath && bytes.compare(data, 0, data.length, start, at) === 0
  })
}
