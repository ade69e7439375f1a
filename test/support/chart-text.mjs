/*
 * A chart, and what is run on it, as one text:
 *
 *   # What it is about.
 *   $ template web @/web -f @/prod.yaml
 *   -- web/Chart.yaml --
 *   name: web
 *   …
 *
 * `@/` stands for the folder that holds the files, in commands and in what they print.
 * `-- web/charts/db-1.0.0.tgz!db/Chart.yaml --` is a file in an archive. After
 * `-- PATH (escaped) --` the text is written with \n, \r, \t, \\, \xNN and \u{N} alone; its
 * own line breaks do not count. `web/Chart.yaml` may be left out.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { create } from 'tar'

const DEFAULT_CHART = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'

/** Reads the text of a case. */
export function parseCase(text) {
  const [head = '', ...sections] = text.split(/^-- (.+) --\n/m)
  const commands = head
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2))
  const files = new Map()
  for (let at = 0; at < sections.length; at += 2) {
    const [, path, escaped] = /^(.+?)( \(escaped\))?$/.exec(sections[at])
    const content = sections[at + 1]
    files.set(path, escaped === undefined ? Buffer.from(content) : unescape(content))
  }
  if (!files.has('web/Chart.yaml')) files.set('web/Chart.yaml', Buffer.from(DEFAULT_CHART))
  return { commands, files }
}

/** The words of a command; words with blanks stand in quotes of either kind. */
export function wordsOf(command) {
  return [...command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
  )
}

/** Writes the files of a case into a fresh folder, and gives it to `work`. */
export async function withFolder(files, work) {
  const folder = mkdtempSync(join(tmpdir(), 'chart-text-'))
  try {
    writeFiles(folder, files)
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The arguments of a command, with the real folder in the place of `@/`. */
export function argumentsIn(folder, command) {
  return wordsOf(command).map((word) => word.replaceAll('@/', `${folder}/`))
}

/** What a command printed, with `@/` for the folder. */
export function withoutFolder(folder, text) {
  return text.replaceAll(`${folder}/`, '@/').replaceAll(folder, '@')
}

/** Writes what was recorded of a case's commands. */
export function formatRuns(runs) {
  return runs
    .map(({ command, code, stdout, stderr }) =>
      [`$ ${command}`, `exit ${code}`, ...marked('|', stdout), ...marked('!', stderr), ''].join(
        '\n',
      ),
    )
    .join('')
}

/** Reads what was recorded. */
export function parseRuns(text) {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, exit, ...lines] = part.split('\n')
      const code = Number(exit.slice('exit '.length))
      return { command, code, stdout: unmarked('|', lines), stderr: unmarked('!', lines) }
    })
}

/** A last line without a line break is followed by a line of the mark and a backslash. */
function marked(mark, text) {
  if (text === '') return []
  const lines = text.split('\n')
  const isWhole = lines.at(-1) === ''
  if (isWhole) lines.pop()
  const all = lines.map((line) => `${mark}${line}`)
  return isWhole ? all : [...all, `\\${mark}`]
}

function unmarked(mark, lines) {
  const own = lines.filter((line) => line.startsWith(mark)).map((line) => `${line.slice(1)}\n`)
  const text = own.join('')
  return lines.includes(`\\${mark}`) ? text.slice(0, -1) : text
}

function unescape(text) {
  const parts = text.matchAll(/\\(?:([nrt\\])|x([\da-f]{2})|u\{([\da-f]+)\})|\n|([^\\\n]+)/gi)
  const bytes = [...parts].map(([all, letter, byte, point, plain]) => {
    if (all === '\n') return ''
    if (letter !== undefined) return { n: '\n', r: '\r', t: '\t', '\\': '\\' }[letter]
    if (byte !== undefined) return Buffer.of(Number.parseInt(byte, 16))
    return point === undefined ? plain : String.fromCodePoint(Number.parseInt(point, 16))
  })
  return Buffer.concat(bytes.map((part) => Buffer.from(part)))
}

function writeFiles(folder, files) {
  const archives = new Map()
  for (const [path, data] of files) {
    const bang = path.indexOf('!')
    if (bang < 0) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), data)
      continue
    }
    const archive = path.slice(0, bang)
    if (!archives.has(archive)) archives.set(archive, new Map())
    archives.get(archive).set(path.slice(bang + 1), data)
  }
  for (const [path, inside] of archives) writeArchive(join(folder, path), inside)
}

function writeArchive(file, files) {
  const folder = mkdtempSync(join(tmpdir(), `${basename(file)}-`))
  try {
    writeFiles(folder, files)
    mkdirSync(dirname(file), { recursive: true })
    const names = [...new Set([...files.keys()].map((path) => path.split(/[!]/, 1)[0]))]
    create({ sync: true, gzip: true, portable: true, cwd: folder, file }, names)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
