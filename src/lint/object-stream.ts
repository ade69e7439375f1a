import { decodeYaml, splitYamlDocuments } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { GoError } from '../golang/value.ts'
import { readObjectHead, type ObjectHead } from './object-head.ts'

/** The next object of a file, or why there is none; nothing comes after a problem. */
export type StreamPart =
  { line: number; head: ObjectHead; problem?: never } | { line: number; problem: string }

/**
 * Reads the objects of a file, which may be YAML documents or JSON objects one after another.
 * Documents that hold nothing are passed over.
 *
 * Source: NewYAMLOrJSONDecoder of k8s.io/apimachinery v0.35.1 pkg/util/yaml/decoder.go.
 */
export function* readObjects(content: string): Generator<StreamPart> {
  let rest = content
  let lines = 0
  while (/^\s*\{/.test(rest)) {
    const end = endOfJson(rest)
    if (end === undefined || rest.slice(end).trim() === '') break
    yield* readDocument(rest.slice(0, end), lines)
    lines += lineBreaks(rest.slice(0, end))
    rest = rest.slice(end)
    const blank = /^[^\S\n]*\n?/.exec(rest)?.[0] ?? ''
    lines += lineBreaks(blank)
    rest = rest.slice(blank.length)
  }
  for (const { text, line, problem } of documentsOf(rest)) {
    if (problem !== undefined) yield { line: lines + line, problem }
    else yield* readDocument(text, lines + line - 1)
  }
}

/** Where the object ends that a text starts with; undefined when it does not end. */
function endOfJson(text: string): number | undefined {
  let depth = 0
  for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) {
    if (part === '{' || part === '[') depth++
    if (part === '}' || part === ']') depth--
    if (depth === 0) return index + part.length
  }
  return undefined
}

interface DocumentPart {
  text: string
  /** Counted from 1. */
  line: number
  problem?: string
}

function documentsOf(content: string): DocumentPart[] {
  try {
    return numbered(splitYamlDocuments(content))
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const { line, message: problem } = error
    const before = content.split(/\r?\n/).slice(0, line - 1)
    // What stands right before the separator that is none is not read either.
    const documents = numbered(splitYamlDocuments(before.join('\n'))).slice(0, -1)
    return [...documents, { text: '', line, problem }]
  }
}

function numbered(texts: readonly string[]): DocumentPart[] {
  let line = 1
  return texts.map((text) => {
    const part = { text, line }
    // The line that ends a document is in none.
    line += lineBreaks(text) + 1
    return part
  })
}

/** @param lines how many stand before the document */
function* readDocument(text: string, lines: number): Generator<StreamPart> {
  try {
    const head = readObjectHead(decodeYaml(text, { keepIntegers: true }))
    if (head !== undefined) yield { line: lines + firstLine(text), head }
  } catch (error) {
    if (error instanceof YamlError) {
      yield { line: lines + error.line, problem: error.unmarshalMessage }
    } else if (error instanceof GoError) {
      yield { line: lines + firstLine(text), problem: error.message }
    } else throw error
  }
}

/** The first line that says something. */
function firstLine(text: string): number {
  const at = text.split('\n').findIndex((line) => !/^\s*(?:#|---|$)/.test(line))
  return at < 0 ? 1 : at + 1
}

function lineBreaks(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
