import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lintManifests } from '../../../src/lint/lint-manifests.ts'
import type { RuleFamily } from '../../../src/lint/rule-table.ts'
import { kubeFields } from '../../support/migration.ts'

/** A collection of old manifests may lie beside the checkout; it says what is found in each. */
const folder = join(import.meta.dirname, '../../../../shared/old-manifests')
const isThere = existsSync(join(folder, 'cases.json'))

interface Case {
  file: string
  findings: string[]
  objects: { cause?: string }[]
}

const { files = [] } = (
  isThere ? JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) : {}
) as { files?: Case[] }

/** The collection tells of Endpoints once only, although two more roles name them. */
const MORE: Record<string, string[]> = {
  '003-1902-etcd-rbac.yaml': ['endpoints-deprecated'],
  '003-2073-vault-rbac.yaml': ['endpoints-deprecated'],
}

const FAMILIES: RuleFamily[] = ['apis', 'security', 'practice', 'form']

test('a collection of old manifests lies beside the checkout, or is said to be missing', () => {
  if (!isThere)
    process.stderr.write('no old manifests beside the checkout: their findings were not compared\n')
  expect(files.length === 0 || isThere).toBe(true)
})

describe.runIf(isThere)('findings in old manifests', () => {
  test.each(files)('$file: $findings', ({ file, findings, objects }) => {
    const text = readFileSync(join(folder, file), 'utf8')
    const { findings: found } = lintManifests([{ path: file, text }], {
      families: new Set(FAMILIES),
      minor: 35,
      readFields: kubeFields,
    })
    const causes = new Set(
      objects.map(({ cause }) => cause).filter((cause) => cause !== 'placeholder'),
    )
    const rules = new Set(found.map(({ rule }) => rule).filter((rule) => !causes.has(rule)))
    expect([...rules].sort()).toEqual([...findings, ...(MORE[file] ?? [])].sort())
  })

  test('no value of a Secret and no token is told', () => {
    const told = files.flatMap(({ file }) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const options = { families: new Set(FAMILIES), minor: 35, readFields: kubeFields }
      return lintManifests([{ path: file, text }], options).findings.map(({ message }) => message)
    })
    expect(
      told.filter((message) => /changeme|ZXhhbXBsZ|dmFsdWUt|TOKEN-REMOVED/.test(message)),
    ).toEqual([])
  })
})
