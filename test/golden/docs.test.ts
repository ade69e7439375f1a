import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

test('the pages of commands and errors are fresh', () => {
  const { status, stderr } = spawnSync(process.execPath, ['docs/generate.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

// What is wanted is what a transcript beside this test was printed.
test('what the pages show is what the program prints', () => {
  const printed = new Set(
    readdirSync(join(import.meta.dirname, 'cases')).flatMap((name) => stepsOfCase(name)),
  )
  const shown = pages.flatMap((page) => stepsOfPage(page))
  expect(shown.length).toBeGreaterThan(10)
  expect(shown.filter(({ step }) => !printed.has(step))).toEqual([])
})

test('links between the pages lead somewhere', () => {
  const broken = pages.flatMap((page) => {
    const links = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
    return links
      .map(([, link = '']) => join(page, '..', link))
      .filter((path) => !readdirSync(join(root, path, '..')).includes(path.split('/').at(-1) ?? ''))
  })
  expect(broken).toEqual([])
})

function stepsOfPage(page: string): { page: string; step: string }[] {
  const blocks = [...read(page).matchAll(/^```console\n([\s\S]*?)^```$/gm)]
  return blocks.flatMap(([, block = '']) => stepsOf(block)).map((step) => ({ page, step }))
}

function stepsOfCase(name: string): string[] {
  const [, run = ''] = read(`test/golden/cases/${name}`).split('== run\n')
  return stepsOf(run.replaceAll(/^2\| ?/gm, '').replaceAll(/^=> exit \d+\n|^#: .*\n/gm, ''))
}

/** Each command with what it printed, without blanks at the ends of lines. */
function stepsOf(text: string): string[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => step.replaceAll(/ +$/gm, '').trimEnd())
}

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8')
}
