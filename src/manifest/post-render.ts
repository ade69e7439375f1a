import { PkgError } from '../base/errors.ts'
import { decodeYaml } from '../encoding/yaml-decode.ts'
import { encodeYaml } from '../encoding/yaml-encode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { compareText } from '../golang/order.ts'
import { trimSpace } from '../golang/space.ts'
import { GoError, type GoMap, type Value } from '../golang/value.ts'
import { isNotes, type RenderedFile } from '../render/rendered-file.ts'
import { isHook } from './hooks.ts'
import { readHead } from './read-head.ts'
import { splitDocuments, type RenderedDocument } from './split-documents.ts'

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
 * Documents keep their layout, which Helm writes anew.
 *
 * @param files whose documents can be read
 * @throws PkgError POST_RENDER_FAILED when the program prints what is no object
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
    for (const document of splitDocuments(content)) {
      const text = document.text.replace(SEPARATORS, '')
      if (isOnlyComments(text)) continue
      if (!options.withHooks && isHook(readHead(text))) kept.push({ path, content: text })
      else sent.push(annotate(text, path))
    }
  }
  const output = options.run(sent.map((text) => `${text}\n`).join('---\n'))
  return merge([...kept, ...readBack(output)])
}

/** One that follows another directly belongs to the document, which then begins with it. */
const SEPARATORS = /^(?:---[ \t]*(?:\n|$)|---(?=[^\s-]))+/

function readBack(output: string): RenderedFile[] {
  return splitDocuments(output)
    .filter(({ text }) => !isOnlyComments(text))
    .map((document, at) => {
      const path = pathOf(document) ?? `generated-by-postrender-${at}.yaml`
      return { path, content: withoutAnnotation(document.text) }
    })
}

function pathOf({ text, line }: RenderedDocument): string | undefined {
  try {
    return readHead(text).annotations.get(FILE_ANNOTATION)
  } catch (error) {
    if (!(error instanceof YamlError || error instanceof GoError)) throw error
    const message = `the post-renderer printed what is no object, in the document at line ${line}: ${error.message}`
    throw new PkgError('POST_RENDER_FAILED', message, {
      hint: 'It must print Kubernetes objects as YAML, and other text on standard error.',
      cause: error,
    })
  }
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
  const entry = entryOf(path)
  const metadata = lines.findIndex((line) => /^metadata:\s*(?:#.*)?$/.test(line))
  if (metadata < 0) return annotateWithout(text, path)
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

function entryOf(path: string): string {
  return `${FILE_ANNOTATION}: ${JSON.stringify(path)}`
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

function annotateWithout(text: string, path: string): string {
  const isFlow = /^\s*[{[]/.test(text) || /^["']?metadata/m.test(text)
  if (isFlow) return writeAnew(text, path)
  return `${text}\nmetadata:\n  annotations:\n    ${entryOf(path)}`
}

/** Metadata in flow style has no lines to put anything between. */
function writeAnew(text: string, path: string): string {
  const object = decodeYaml(text)
  if (!(object instanceof Map)) return text
  const metadata = copyOf(object.get('metadata'))
  const annotations = copyOf(metadata.get('annotations'))
  metadata.set('annotations', annotations.set(FILE_ANNOTATION, path))
  return encodeYaml(object.set('metadata', metadata)).trimEnd()
}

function copyOf(value: Value | undefined): GoMap {
  return value instanceof Map ? new Map(value) : new Map()
}

function isContent(line: string): boolean {
  return line.trim() !== '' && !/^\s*#/.test(line)
}

const ENTRY = new RegExp(`^\\s*["']?${FILE_ANNOTATION.replaceAll('.', '\\.')}["']?:\\s*(.*)$`)

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
