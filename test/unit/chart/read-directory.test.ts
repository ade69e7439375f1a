import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import type { ChartLimits } from '../../../src/chart/budget.ts'
import { loadChartDirectory } from '../../../src/chart/read-directory.ts'
import { chartYaml, writeChart, type ChartFiles } from '../../support/chart-builder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Writes a chart below a fresh folder, so that there is something beside it. */
function written(files: ChartFiles): string {
  const folder = join(temporaryFolder(), 'web')
  return writeChart(folder, { 'Chart.yaml': chartYaml(), ...files })
}

function failure(folder: string, limits?: Partial<ChartLimits>): { code: string; message: string } {
  try {
    loadChartDirectory(folder, { limits })
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    return { code: error.code, message: error.message.replaceAll(folder, 'WEB') }
  }
  throw new Error('it was loaded')
}

function names(files: readonly { name: string }[]): string[] {
  return files.map((file) => file.name)
}

test('files come in the order of a walk by the bytes of their names', () => {
  const chart = loadChartDirectory(
    written({
      'templates/b.yaml': '',
      'templates/a/z.yaml': '',
      'templates/a.yaml': '',
      'templates/a-b.yaml': '',
      'templates/Z.yaml': '',
      'b.txt': '',
      '.dot': '',
      'templates/\u{1F600}': '',
      'templates/\uFF5E': '',
    }),
  )
  expect(names(chart.templates)).toEqual([
    'templates/Z.yaml',
    'templates/a/z.yaml',
    'templates/a-b.yaml',
    'templates/a.yaml',
    'templates/b.yaml',
    'templates/\uFF5E',
    'templates/\u{1F600}',
  ])
  expect(names(chart.files)).toEqual(['.dot', 'b.txt'])
})

test('.helmignore leaves out files and whole folders', () => {
  const chart = loadChartDirectory(
    written({ '.helmignore': 'docs/\n*.bak\n', 'docs/a/b.md': '', 'x.bak': '', 'x.txt': '' }),
  )
  expect(names(chart.files)).toEqual(['.helmignore', 'x.txt'])
})

test('a byte order mark is cut off every file', () => {
  const chart = loadChartDirectory(
    written({ 'values.yaml': '\uFEFFa: 1\n', 'templates/x.yaml': '\uFEFFx' }),
  )
  expect(chart.values).toEqual(new Map([['a', 1]]))
  expect(Buffer.from(chart.templates[0]?.data ?? []).toString()).toBe('x')
})

test('a link to a file or a folder inside the chart is followed, with a warning', () => {
  const folder = written({ 'files/a.txt': 'A' })
  symlinkSync('files/a.txt', join(folder, 'link.txt'))
  symlinkSync('files', join(folder, 'more'))
  const chart = loadChartDirectory(folder)
  expect(names(chart.files)).toEqual(['files/a.txt', 'link.txt', 'more/a.txt'])
  expect(chart.warnings.map(({ file }) => file)).toEqual(['link.txt', 'more'])
})

test('a link out of the chart is followed with a warning, unless .helmignore names it', () => {
  const folder = written({})
  writeChart(join(folder, '..'), { 'shared.txt': 'x' })
  symlinkSync('../shared.txt', join(folder, 'link'))
  const chart = loadChartDirectory(folder)
  expect(names(chart.files)).toEqual(['link'])
  expect(chart.warnings.map(({ message }) => message)).toEqual([
    `symbolic link leads out of the chart and is followed to "${join(folder, '..', 'shared.txt')}"`,
  ])
  writeChart(folder, { '.helmignore': 'link\n' })
  expect(names(loadChartDirectory(folder).files)).toEqual(['.helmignore'])
})

test.each([
  { kind: 'file', path: 'shared.txt' },
  { kind: 'folder', path: 'other/x.txt' },
])('a link to a $kind outside is refused where the chart is given to others', ({ path }) => {
  const folder = written({})
  writeChart(join(folder, '..'), { [path]: 'x' })
  const [target = ''] = path.split('/')
  symlinkSync(`../${target}`, join(folder, 'link'))
  expect(() => loadChartDirectory(folder, { outsideLinks: 'refuse' })).toThrow(
    `symbolic link "link" leads out of the chart to "${join(folder, '..', target)}"`,
  )
})

test.each([
  { link: 'loop', target: '.', want: 'open WEB/loop: too many levels of symbolic links' },
  { link: 'a/loop', target: '..', want: 'open WEB/a/loop: too many levels of symbolic links' },
  {
    link: 'dangling',
    target: 'nothing',
    want: 'error evaluating symlink WEB/dangling: lstat WEB/nothing: no such file or directory',
  },
  {
    link: 'dangling',
    target: './a/../nothing/below/it',
    want: 'error evaluating symlink WEB/dangling: lstat WEB/nothing: no such file or directory',
  },
  {
    link: 'absolute',
    target: '/no-such-folder/below',
    want: 'error evaluating symlink WEB/absolute: lstat /no-such-folder: no such file or directory',
  },
  {
    link: 'below',
    target: 'a/x.txt/y',
    want: 'error evaluating symlink WEB/below: not a directory',
  },
  {
    link: 'self',
    target: 'self',
    want: 'error evaluating symlink WEB/self: EvalSymlinks: too many links',
  },
])('a link $link to $target is refused', ({ link, target, want }) => {
  const folder = written({ 'a/x.txt': '' })
  symlinkSync(target, join(folder, link))
  expect(failure(folder)).toEqual({ code: 'CHART_INVALID', message: want })
})

test('a broken link is told of at the first part of its way that is missing', () => {
  const folder = written({ 'a/x.txt': '' })
  symlinkSync('a', join(folder, 'alias'))
  symlinkSync('alias/b/c', join(folder, 'link'))
  expect(failure(folder).message).toBe(
    'error evaluating symlink WEB/link: lstat WEB/a/b: no such file or directory',
  )
})

test('the folder itself may be a link', () => {
  const folder = written({ 'files/a.txt': 'A' })
  symlinkSync('files/a.txt', join(folder, 'link.txt'))
  const other = join(temporaryFolder(), 'link')
  symlinkSync(folder, other)
  expect(names(loadChartDirectory(other).files)).toEqual(['files/a.txt', 'link.txt'])
})

test('a pipe is left out with a warning and never opened', () => {
  const folder = written({})
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const chart = loadChartDirectory(folder)
  expect(chart.files).toEqual([])
  expect(chart.warnings).toEqual([{ file: 'pipe', message: 'is no regular file and is left out' }])
})

// Wanted: what Helm 4.1.4 prints.
test('a folder without Chart.yaml is no chart', () => {
  const folder = temporaryFolder()
  expect(failure(folder)).toEqual({
    code: 'CHART_INVALID',
    message:
      'unable to detect chart at WEB/Chart.yaml: open WEB/Chart.yaml: no such file or directory',
  })
})

test('a Chart.yaml that .helmignore leaves out is missing', () => {
  const folder = written({ '.helmignore': 'Chart.yaml\n' })
  expect(failure(folder)).toEqual({ code: 'CHART_INVALID', message: 'Chart.yaml file is missing' })
})

test.each<{ limit: keyof ChartLimits; needs: number }>([
  { limit: 'treeFiles', needs: 3 },
  { limit: 'fileBytes', needs: 50 },
  { limit: 'treeBytes', needs: 50 + 8 + chartYaml().length },
  { limit: 'pathParts', needs: 3 },
  { limit: 'pathBytes', needs: 10 },
])('$limit holds for folders too', ({ limit, needs }) => {
  const folder = written({ 'a/b/c': 'x'.repeat(50), 'd/e': '12345678' })
  expect(loadChartDirectory(folder, { [limit]: needs }).files).toHaveLength(2)
  expect(failure(folder, { [limit]: needs - 1 }).code).toBe('CHART_TOO_LARGE')
})

test('a folder below the deepest path is refused before it is read', () => {
  const folder = written({})
  mkdirSync(join(folder, 'd/'.repeat(65)), { recursive: true })
  expect(failure(folder).code).toBe('CHART_TOO_LARGE')
})
