import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrateFiles, type FileMigration } from '../../../src/migrate/migrate-files.ts'
import { migrationTarget } from '../../support/migration.ts'

/** A collection of old manifests may lie beside the checkout; it says what becomes of each. */
const folder = join(import.meta.dirname, '../../../../shared/old-manifests')
const isThere = existsSync(join(folder, 'cases.json'))

interface Case {
  file: string
  expect: FileMigration['outcome']
  objects: {
    apiVersion: string
    kind: string
    name: string
    expect: FileMigration['outcome']
    to?: string
    cause?: string
    detail?: string
  }[]
}

const { files = [] } = (
  isThere ? JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) : {}
) as { files?: Case[] }

test('a collection of old manifests lies beside the checkout, or is said to be missing', () => {
  if (!isThere)
    process.stderr.write('no old manifests beside the checkout: their cases did not run\n')
  expect(files.length === 0 || isThere).toBe(true)
})

describe.runIf(isThere)('old manifests', () => {
  test.each(files)('$file: $expect', (row) => {
    const { outcome, objects, refusals } = migrated(row.file)
    expect(outcome).toBe(row.expect)
    const parsed = objects.map(({ kind, name, outcome: each }) => ({ kind, name, outcome: each }))
    const wanted = row.objects
      .filter(({ kind }) => kind !== 'List')
      .map(({ kind, name, expect: each }) => ({ kind, name, outcome: each }))
    const isRead = !refusals.some(({ cause }) =>
      ['yaml-syntax', 'duplicate-key', 'template-not-rendered'].includes(cause),
    )
    if (isRead && !row.objects.some(({ cause }) => cause === 'placeholder')) {
      expect(parsed).toEqual(wanted)
    }
  })

  const refused = files.filter(({ expect: each }) => each === 'refuse')
  test.each(refused)('$file is refused for its cause, at its place', ({ file, objects }) => {
    const { refusals, after, before } = migrated(file)
    expect(after).toBe(before)
    const [{ cause = '', detail = '' } = {}] = objects
    const [place] = /\d+:\d+/.exec(detail) ?? []
    const places = refusals.filter((each) => each.cause === cause)
    expect(places).not.toEqual([])
    if (place !== undefined) {
      expect(places.map(({ line, column }) => `${line}:${column}`)).toContain(place)
    }
    const [, lines] = /at lines ([\d, and]+)/.exec(detail) ?? []
    if (lines !== undefined) {
      const numbers = lines.match(/\d+/g)?.map(Number)
      expect(places.map(({ line }) => line)).toEqual(numbers)
    }
  })

  const moving = files.filter(({ expect: each }) => each === 'migrate')
  test.each(moving)('$file keeps its comments and is accepted afterwards', ({ file, objects }) => {
    const result = migrated(file)
    expect(result.rewrittenWhole).toEqual([])
    const tos = objects.map(({ to = '' }) => /^to (\S+?)[;]?(?: |$)/.exec(to)?.[1])
    const versions = result.objects.map(({ to }) => to.split(' ')[0])
    for (const [at, to] of tos.entries()) if (to?.includes('/')) expect(versions[at]).toBe(to)
    const again = migrateFiles([{ path: file, text: result.after }], migrationTarget())
    expect(again.map(({ outcome, after }) => ({ outcome, after }))).toEqual([
      { outcome: 'accept', after: result.after },
    ])
  })
})

function migrated(file: string): FileMigration {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const [result] = migrateFiles([{ path: file, text }], migrationTarget())
  if (result === undefined) throw new Error(`no result for ${file}`)
  return result
}
