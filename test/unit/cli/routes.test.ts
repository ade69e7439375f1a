import { expect, test } from 'vitest'
import { nearest } from '../../../src/base/nearest.ts'
import { routeOf } from '../../../src/cli/routes.ts'

const routes = {
  install: 'install',
  list: 'list',
  ls: 'list',
  'get values': 'get:values',
  help: 'help',
  version: 'version',
}

test.each([
  { typed: 'install web ./web', id: 'install', argv: ['web', './web'] },
  { typed: 'ls -A', id: 'list', argv: ['-A'] },
  { typed: '-n shop list', id: 'list', argv: ['-n', 'shop'] },
  {
    typed: '--target=dir:x --debug get values web',
    id: 'get:values',
    argv: ['--target=dir:x', '--debug', 'web'],
  },
  { typed: '', id: 'help', argv: [] },
  { typed: '--help', id: 'help', argv: [] },
  { typed: '--debug', id: 'help', argv: ['--debug'] },
  { typed: 'get', id: 'help', argv: ['--', 'get'] },
  { typed: 'get --help', id: 'help', argv: ['--', 'get'] },
  { typed: 'get values web -h', id: 'help', argv: ['--', 'get', 'values'] },
  { typed: '-h install', id: 'help', argv: ['--', 'install'] },
  { typed: 'install --help=true', id: 'help', argv: ['--', 'install'] },
  { typed: 'help get values', id: 'help', argv: ['get', 'values'] },
  { typed: 'help get foo', id: 'help', argv: ['get', 'foo'] },
  { typed: 'help errors', id: 'help', argv: ['errors'] },
  { typed: 'help', id: 'help', argv: [] },
  { typed: 'install -- --help', id: 'install', argv: ['--', '--help'] },
  { typed: '--version', id: 'version', argv: [] },
])('"$typed" leads to $id', ({ typed, id, argv }) => {
  expect(routeOf(typed.split(' ').filter(Boolean), routes)).toEqual({ id, argv })
})

test.each(['foo', 'get foo', 'foo bar', 'foo --help', 'foo bar -h', 'help foo'])(
  '"%s" is not ours',
  (typed) => {
    expect(routeOf(typed.split(' '), routes)).toBeUndefined()
  },
)

test.each([
  { word: 'instal', meant: 'install' },
  { word: 'lits', meant: 'list' },
  { word: 'unrelated', meant: undefined },
  { word: 'xy', meant: undefined },
  { word: 'ilst', meant: 'list' },
  { word: 'sl', meant: 'ls' },
])('"$word" may mean $meant', ({ word, meant }) => {
  expect(nearest(word, ['install', 'list', 'lint', 'ls'])).toBe(meant)
})
