import { compareText } from '../golang/order.ts'
import { trimSpace } from '../golang/space.ts'
import { isNotes, type RenderedFile } from '../render/rendered-file.ts'
import { isHook } from './hooks.ts'
import { readHead } from './read-head.ts'
import { splitDocuments } from './split-documents.ts'

/** Annotation by which a document finds back to its file. */
const FILE_ANNOTATION = 'postrenderer.helm.sh/postrender-filename'

export interface PostRenderOptions {
  /** Takes all manifests as one stream and gives the changed ones. */
  run: (manifests: string) => string
  /** Whether hooks go through the program too, as with Helm; else they stay as they are. */
  withHooks: boolean
}

/**
 * Sends all rendered documents through a person's program, in the order of their paths, and
 * sorts what comes back into files by an annotation that each document carries meanwhile.
 *
 * A document that comes back without it is called `generated-by-postrender-N.yaml`.
 *
 * Source: Helm 4.1.4 pkg/action/action.go, annotateAndMerge, splitAndDeannotate.
 */
export function postRender(
  files: readonly RenderedFile[],
  options: PostRenderOptions,
): RenderedFile[] {
  const kept: RenderedFile[] = files.filter(({ path }) => isNotes(path))
  const sent: string[] = []
  const objects = files.filter(({ path }) => !isNotes(path))
  for (const { path, content } of objects.toSorted((a, b) => compareText(a.path, b.path))) {
    for (const { text } of splitDocuments(content)) {
      if (!options.withHooks && isHook(readHead(text))) kept.push({ path, content: text })
      else if (!isOnlyComments(text)) sent.push(annotate(text, path))
    }
  }
  const output = options.run(sent.map((text) => `${text}\n`).join('---\n'))
  return merge([...kept, ...readBack(output)])
}

function readBack(output: string): RenderedFile[] {
  return splitDocuments(output)
    .filter(({ text }) => !isOnlyComments(text))
    .map(({ text }, at) => {
      const path = pathOf(text) ?? `generated-by-postrender-${at}.yaml`
      return { path, content: withoutAnnotation(text) }
    })
}

function merge(files: readonly RenderedFile[]): RenderedFile[] {
  const byPath = new Map<string, string[]>()
  for (const { path, content } of files) {
    const documents = byPath.get(path)
    if (documents === undefined) byPath.set(path, [content])
    else documents.push(content)
  }
  return [...byPath].map(([path, documents]) => ({ path, content: documents.join('\n---\n') }))
}

function isOnlyComments(text: string): boolean {
  return text.split('\n').every((line) => trimSpace(line) === '' || /^\s*#/.test(line))
}

/** Puts the annotation into the text, so that comments and the order of keys stay. */
function annotate(text: string, path: string): string {
  const lines = text.split('\n')
  const entry = `${FILE_ANNOTATION}: ${JSON.stringify(path)}`
  const metadata = lines.findIndex((line) => /^metadata:\s*(?:#.*)?$/.test(line))
  if (metadata < 0) return annotateWithout(text, lines, entry)
  const indent = /^( +)\S/.exec(lines.slice(metadata + 1).find(isContent) ?? '')?.[1]
  if (indent === undefined) {
    lines.splice(metadata + 1, 0, '  annotations:', `    ${entry}`)
    return lines.join('\n')
  }
  const end = lines.findIndex(
    (line, at) => at > metadata && /^\S/.test(line) && !line.startsWith('#'),
  )
  const block = lines.slice(metadata + 1, end < 0 ? undefined : end)
  const own = block.findIndex((line) => line.startsWith(`${indent}annotations:`))
  if (own < 0) lines.splice(metadata + 1, 0, `${indent}annotations:`, `${indent}  ${entry}`)
  else addToBlock(lines, metadata + 1 + own, { entry, indent })
  return lines.join('\n')
}

function addToBlock(lines: string[], at: number, how: { entry: string; indent: string }): void {
  const { entry, indent } = how
  const value = (lines[at] ?? '').slice(`${indent}annotations:`.length).trim()
  if (value === '' || value.startsWith('#')) {
    const next = lines.slice(at + 1).find(isContent) ?? ''
    const deeper = /^( +)\S/.exec(next)?.[1] ?? ''
    const pad = deeper.length > indent.length ? deeper : `${indent}  `
    lines.splice(at + 1, 0, `${pad}${entry}`)
  } else if (value.startsWith('{') && value.endsWith('}')) {
    const rest = value.slice(1).trim()
    const comma = rest === '}' ? '' : ', '
    lines[at] =
      `${indent}annotations: {${JSON.stringify(FILE_ANNOTATION)}: ${entry.slice(FILE_ANNOTATION.length + 2)}${comma}${rest}`
  } else if (value === 'null' || value === '~') {
    lines.splice(at, 1, `${indent}annotations:`, `${indent}  ${entry}`)
  }
}

/** Metadata of another form, or none: a document in flow style keeps its file by itself. */
function annotateWithout(text: string, lines: string[], entry: string): string {
  if (lines.some((line) => /^["']?metadata/.test(line)) || /^\s*[{[]/.test(text)) return text
  return `${text}\nmetadata:\n  annotations:\n    ${entry}`
}

function isContent(line: string): boolean {
  return line.trim() !== '' && !/^\s*#/.test(line)
}

const ENTRY = new RegExp(`^\\s*["']?${FILE_ANNOTATION.replaceAll('.', '\\.')}["']?:\\s*(.*)$`)

function pathOf(text: string): string | undefined {
  return readHead(text).annotations.get(FILE_ANNOTATION)
}

/** Takes the annotation out, and with it maps that held nothing else. */
function withoutAnnotation(text: string): string {
  const lines = text.split('\n')
  let at = lines.findIndex((line) => ENTRY.test(line))
  if (at < 0) return withoutFlowAnnotation(text)
  lines.splice(at, 1)
  for (const parent of [/^\s*annotations:\s*$/, /^metadata:\s*$/]) {
    at--
    if (!parent.test(lines[at] ?? '') || indentOf(lines[at + 1]) > indentOf(lines[at])) break
    lines.splice(at, 1)
  }
  return lines.join('\n')
}

function withoutFlowAnnotation(text: string): string {
  const name = FILE_ANNOTATION.replaceAll('.', '\\.')
  return text.replace(new RegExp(`"${name}":\\s*"[^"]*"(?:,\\s*)?`), '')
}

function indentOf(line: string | undefined): number {
  return line === undefined ? -1 : line.length - line.trimStart().length
}
