import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { showEvents, showLines, showTree } from '../../../src/output/progress.ts'
import { drawTree, growTree, type Tree } from '../../../src/output/progress-tree.ts'
import type { ObjectEvent, ProgressEvent } from '../../../src/types/event.ts'

const time = '2026-01-01T00:00:00Z'
const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'apps', name: 'web' }
const db = { ...web, kind: 'StatefulSet', name: 'db' }
const hook = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'apps', name: 'migrate' }
const wait: ProgressEvent = {
  type: 'wait',
  time,
  purpose: 'ready',
  objects: [web, db],
  timeoutSeconds: 300,
}

function object(fields: Partial<ObjectEvent>): ObjectEvent {
  return {
    type: 'object',
    time,
    object: web,
    state: 'progressing',
    text: '0/1 available',
    pods: [],
    ...fields,
  }
}

const story: ProgressEvent[] = [
  { type: 'hook', time, event: 'pre-install', object: hook, phase: 'Running' },
  {
    type: 'log',
    time,
    event: 'pre-install',
    pod: 'migrate-1',
    container: 'main',
    text: 'one\ntwo\n',
  },
  { type: 'hook', time, event: 'pre-install', object: hook, phase: 'Succeeded' },
  wait,
  object({ text: 'is not seen yet' }),
  object({}),
  object({ pods: [{ name: 'web-1', text: 'Pending' }] }),
  object({ object: db, state: 'ready', text: '1/1 ready' }),
  { type: 'heartbeat', time, waitedSeconds: 15, open: 1, total: 2 },
  object({ state: 'failed', text: 'Pod/web-1 fits on \u001b[2Jno node' }),
  { type: 'waited', time, outcome: 'failed', waitedSeconds: 20 },
]

test('where nobody watches, each change of a state is one line', () => {
  let text = ''
  const { onProgress, note } = showLines({ write: (part) => (text += part) })
  story.forEach(onProgress)
  note('a notice')
  expect(text).toBe(`pre-install hook Job/migrate: running
log of main in Pod/migrate-1:
  one
  two
pre-install hook Job/migrate: succeeded
waiting for 2 objects, for up to 300 s
Deployment/web: 0/1 available
StatefulSet/db: ready, 1/1 ready
still waiting after 15 s: 1 of 2 not ready
Deployment/web: failed, Pod/web-1 fits on \\x1b[2Jno node
a notice
`)
})

test('of very many objects only the first changes are told, and every failure', () => {
  const lines: string[] = []
  const { onProgress } = showLines({ write: (part) => lines.push(part) })
  onProgress(wait)
  for (let at = 0; at < 1000; at++) onProgress(object({ object: { ...web, name: `web-${at}` } }))
  onProgress(object({ state: 'failed', text: 'no' }))
  expect(lines.length).toBe(103)
  expect(lines.slice(-2)).toEqual([
    'more is not told line by line\n',
    'Deployment/web: failed, no\n',
  ])
})

test('machines get each event as one line of JSON', () => {
  let text = ''
  const { onProgress, note } = showEvents({ write: (part) => (text += part), now: () => 0 })
  story.forEach(onProgress)
  note('careful')
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([...story, { type: 'notice', time: '1970-01-01T00:00:00.000Z', text: 'careful' }])
})

describe('a tree', () => {
  const grown = story.reduce<Tree | undefined>(growTree, undefined)
  const space = { columns: 80, rows: 24, isColored: false, turn: 0, waited: 20_500 }
  const tree = grown ?? { title: '', branches: [] }

  test('shows what failed first, and pods below their object', () => {
    const busy = growTree(tree, object({ pods: pods(5) })) ?? tree
    expect(drawTree(tree, space)).toEqual([
      'waiting until objects are ready: 1/2, 20 s',
      '  ✗ Deployment/web  Pod/web-1 fits on \\x1b[2Jno node',
      '  ✓ StatefulSet/db  1/1 ready',
    ])
    expect(drawTree(busy, space)).toEqual([
      'waiting until objects are ready: 1/2, 20 s',
      '  ⠋ Deployment/web  0/1 available',
      '      web-0  Pending',
      '      web-1  Pending',
      '      web-2  Pending',
      '      … 2 more pods',
      '  ✓ StatefulSet/db  1/1 ready',
    ])
  })

  test('fits a narrow and low terminal', () => {
    const busy = growTree(tree, object({ pods: pods(3) })) ?? tree
    const lines = drawTree(busy, { ...space, columns: 20, rows: 4 })
    expect(lines).toEqual([
      'waiting until obje…',
      '  ⠋ Dep…web  0/1 a…',
      '      web-0  Pendi…',
      '  … 3 more',
    ])
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(20)
  })

  test('leaves room for what is told of a long name, and keeps the end of it', () => {
    const name = 'web-with-a-long-name-7d4f9c'
    const event = object({ pods: ['x2k4p', 'q8z6m'].map((id) => pod(`${name}-${id}`)) })
    expect(drawTree(growTree(tree, event) ?? tree, { ...space, columns: 40 }).slice(1, 4)).toEqual([
      '  ⠋ Deployment/web  0/1 available',
      '      web-with-a-l…d4f9c-x2k4p  Pending',
      '      web-with-a-l…d4f9c-q8z6m  Pending',
    ])
  })

  test('is coloured by its marks only', () => {
    const [, failed, ready] = drawTree(tree, { ...space, isColored: true })
    expect(failed).toMatch(/^ {2}\u001b\[31m✗\u001b\[0m Deployment\/web /)
    expect(ready).toMatch(/^ {2}\u001b\[32m✓\u001b\[0m StatefulSet\/db /)
  })

  function pods(count: number) {
    return Array.from({ length: count }, (_, at) => pod(`web-${at}`))
  }

  function pod(name: string) {
    return { name, text: 'Pending' }
  }
})

describe('a terminal', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** What a terminal of 80 columns shows after all that was written to it. */
  function screenOf(written: string): string[] {
    const lines = ['']
    let row = 0
    for (const part of written.split(/(\u001b\[\d*[AJ]|[\r\n])/)) {
      const up = /^\u001b\[(\d+)A$/.exec(part)?.[1]
      if (up !== undefined) row -= Number(up)
      else if (part === '\u001b[J') lines.splice(row, Infinity, '')
      else if (part === '\n') row += 1
      else if (part !== '\r') lines[row] = `${lines[row] ?? ''}${part}`
      lines[row] ??= ''
    }
    return lines
  }

  function open() {
    let written = ''
    const screen = {
      write: (text: string) => (written += text),
      columns: () => 80,
      rows: () => 24,
      isColored: false,
      now: () => Date.now(),
    }
    return { ...showTree(screen), shown: () => screenOf(written) }
  }

  test('is drawn anew in its place, and keeps what it showed last', () => {
    const { onProgress, note, shown } = open()
    story.slice(3, 6).forEach(onProgress)
    vi.advanceTimersByTime(3000)
    note('a notice')
    expect(shown()).toEqual([
      'a notice',
      'waiting until objects are ready: 0/2, 3 s',
      '  ⠴ Deployment/web  0/1 available',
      '  ⠴ StatefulSet/db',
      '',
    ])
    story.slice(6).forEach(onProgress)
    vi.advanceTimersByTime(3000)
    expect(shown().slice(1)).toEqual([
      'waiting until objects are ready: 1/2, 3 s',
      '  ✗ Deployment/web  Pod/web-1 fits on \\x1b[2Jno node',
      '  ✓ StatefulSet/db  1/1 ready',
      '',
    ])
  })

  test('is left in order when the run ends in the middle', () => {
    const { onProgress, close, note, shown } = open()
    story.slice(3, 6).forEach(onProgress)
    vi.advanceTimersByTime(1000)
    close()
    vi.advanceTimersByTime(1000)
    note('Error: cancelled')
    expect(shown().at(-2)).toBe('Error: cancelled')
    expect(vi.getTimerCount()).toBe(0)
  })
})
