import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { sha256 } from '../base/digest.ts'
import { requirePackage } from '../base/lazy.ts'
import { indexText, readIndexDocument, type IndexDocument } from '../index/document.ts'
import { indexFolder } from '../index/folder.ts'
import { indexPage } from '../index/page.ts'

export interface ServeSettings {
  folder: string
  /** An address of this machine. */
  host: string
  /** 0 for any that is free. */
  port: number
  /** RFC 3339: when an index was made that the folder does not have. */
  now: () => string
  onRequest?: ((line: string) => void) | undefined
}

export interface Served {
  url: string
  close(): Promise<void>
}

/**
 * Serves a folder as a chart repository: its index.yaml, archives, provenance files, and a page
 * that lists the charts. Nothing else of the folder is served, and nothing outside of it.
 *
 * A folder without an index.yaml gets one that is made for every request.
 */
export async function serveFolder(settings: ServeSettings): Promise<Served> {
  const { host, port, onRequest } = settings
  const server = createServer((request, response) => {
    try {
      answer(request, response, settings)
    } catch (error) {
      response.writeHead(500).end('internal error\n')
      onRequest?.(`${request.url ?? ''}: ${(error as Error).message}`)
    }
    onRequest?.(`${request.method ?? ''} ${request.url ?? ''} ${response.statusCode}`)
  })
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

interface Content {
  body: Buffer
  type: string
  /** Whether the bytes behind an address may change. */
  mayChange: boolean
  modified: Date | undefined
}

function answer(request: IncomingMessage, response: ServerResponse, settings: ServeSettings): void {
  const { method = '' } = request
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end('only GET and HEAD\n')
    return
  }
  const content = find(pathOf(request.url ?? '/'), settings)
  if (content === undefined) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n')
    return
  }
  send(request, response, content)
}

function send(request: IncomingMessage, response: ServerResponse, content: Content): void {
  const { body, type, mayChange, modified } = content
  const etag = `"${sha256(body).slice(0, 32)}"`
  const isText = type.startsWith('text/')
  const isZipped = isText && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  const headers = {
    ETag: isZipped ? `W/${etag}` : etag,
    'Cache-Control': mayChange ? 'no-cache' : 'public, max-age=3600',
    'Content-Type': type,
    'X-Content-Type-Options': 'nosniff',
    ...(modified && { 'Last-Modified': modified.toUTCString() }),
    ...(isText && { Vary: 'Accept-Encoding' }),
    ...(type.startsWith('text/html') && { 'Content-Security-Policy': POLICY }),
  }
  if (isKnown(request, etag, modified)) {
    response.writeHead(304, headers).end()
    return
  }
  const { gzipSync } = requirePackage('node:zlib') as typeof import('node:zlib')
  const sent = isZipped ? gzipSync(body) : body
  response.writeHead(200, {
    ...headers,
    ...(isZipped && { 'Content-Encoding': 'gzip' }),
    'Content-Length': sent.length,
  })
  response.end(request.method === 'HEAD' ? undefined : sent)
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https:"

function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname)
  } catch (error) {
    if (error instanceof URIError || error instanceof TypeError) return ''
    throw error
  }
}

/** An etag wins over a date, as RFC 9110 has it. */
function isKnown(request: IncomingMessage, etag: string, modified: Date | undefined): boolean {
  const { 'if-none-match': tags, 'if-modified-since': since } = request.headers
  if (tags !== undefined) {
    return tags === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
  }
  if (since === undefined || modified === undefined) return false
  return Math.floor(modified.getTime() / 1000) * 1000 <= Date.parse(since)
}

const TYPES: readonly [suffix: string, type: string][] = [
  ['.tgz', 'application/gzip'],
  ['.tgz.prov', 'text/plain; charset=utf-8'],
]

function find(path: string, settings: ServeSettings): Content | undefined {
  const { folder, now } = settings
  if (path === '/' || path === '/index.html') {
    const { index } = readIndex(folder, now)
    const body = Buffer.from(indexPage(index))
    return { body, type: 'text/html; charset=utf-8', mayChange: true, modified: undefined }
  }
  if (path === '/index.yaml') {
    const { text, modified } = readIndex(folder, now)
    return { body: text, type: 'text/yaml; charset=utf-8', mayChange: true, modified }
  }
  const type = TYPES.find(([suffix]) => path.endsWith(suffix))?.[1]
  if (type === undefined || !/^(?:\/[\w+-][\w.+-]*){1,2}$/.test(path)) return undefined
  const file = fileBelow(folder, path)
  if (file === undefined) return undefined
  const modified = statSync(file).mtime
  return { body: readFileSync(file), type, mayChange: false, modified }
}

function readIndex(
  folder: string,
  now: () => string,
): { index: IndexDocument; text: Buffer; modified: Date | undefined } {
  const path = join(folder, 'index.yaml')
  if (existsSync(path)) {
    const text = readFileSync(path)
    return { index: readIndexDocument(text, path), text, modified: statSync(path).mtime }
  }
  const generated = now()
  const index = indexFolder(folder, '', generated)
  return { index, text: Buffer.from(indexText(index, { generated })), modified: undefined }
}

/** A file in the folder; links that lead out of it are not followed. */
function fileBelow(folder: string, path: string): string | undefined {
  const file = join(folder, path)
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined
  return realpathSync(file).startsWith(realpathSync(folder) + sep) ? file : undefined
}
