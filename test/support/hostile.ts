import { gzipSync } from 'node:zlib'
import { chartYaml } from './chart-builder.ts'
import { tar, targz, type RawEntry } from './targz.ts'

/** An archive and what must come of it. */
export interface HostileArchive {
  bytes: () => Buffer
  /** The code it is refused with; without one it is accepted. */
  code?: 'ARCHIVE_UNSAFE' | 'CHART_TOO_LARGE' | 'CHART_INVALID'
  /** Text that the message must have, at least the entry or the limit. */
  names?: string
}

const MIB = 1024 * 1024
const CHART: RawEntry = { name: 'web/Chart.yaml', data: chartYaml() }

/** A good chart and one entry beside it. */
function withEntry(entry: RawEntry, more: RawEntry[] = []): () => Buffer {
  return () => targz([CHART, entry, ...more])
}

function unsafe(
  entry: RawEntry,
  names = String(entry.name),
  more: RawEntry[] = [],
): HostileArchive {
  return { bytes: withEntry(entry, more), code: 'ARCHIVE_UNSAFE', names }
}

function accepted(entry: RawEntry, more: RawEntry[] = []): HostileArchive {
  return { bytes: withEntry(entry, more) }
}

function symlink(name: string, target: string): RawEntry {
  return { name, type: '2', target }
}

function hardlink(name: string, target: string): RawEntry {
  return { name, type: '1', target }
}

/** Archives that try to reach what is not theirs, or that are merely odd. */
export const HOSTILE: Record<string, HostileArchive> = {
  good: { bytes: () => targz([CHART]) },
  dotdot: unsafe({ name: '../evil' }),
  'dotdot below the root': unsafe({ name: 'web/../../evil' }),
  'dotdot that stays inside': unsafe({ name: 'web/a/../evil' }),
  absolute: unsafe({ name: '/etc/evil' }),
  'two slashes': unsafe({ name: '//etc/evil' }),
  'backslashes that climb': unsafe({ name: 'web\\..\\..\\evil' }, '..'),
  'a drive': unsafe({ name: 'C:/evil' }),
  'a drive below the root': unsafe({ name: 'web/C:/evil' }),
  'a drive without a slash': unsafe({ name: 'c:../evil' }),
  'a newline in the name': unsafe({ name: 'web/a\nb' }, 'a\\nb'),
  'an escape in the name': unsafe({ name: 'web/\u001b[31m' }, '\\x1b'),
  'a bidi override in the name': unsafe({ name: 'web/\u202egpj.exe' }, '\\u202e'),
  'NUL in a pax name': {
    bytes: withEntry({ name: 'web/x', pax: { path: 'web/a\0b' } }),
    code: 'CHART_INVALID',
    names: 'invalid tar header',
  },
  'an absolute pax name': unsafe({ name: 'web/x', pax: { path: '/etc/evil' } }, '/etc/evil'),
  'a GNU long name that climbs': {
    bytes: () => targz([CHART, { name: 'l', type: 'L', data: '../evil\0' }, { name: 'web/x' }]),
    code: 'ARCHIVE_UNSAFE',
    names: '../evil',
  },
  'no root folder': unsafe({ name: 'loose.txt' }),
  'two roots': unsafe({ name: 'other/x' }),
  'a symbolic link out': unsafe(symlink('web/x', '../../etc/passwd'), 'web/x'.slice(4)),
  'a symbolic link to an absolute path': unsafe(symlink('web/x', '/etc/passwd'), '/etc/passwd'),
  'a symbolic link to a drive': unsafe(symlink('web/x', 'C:\\evil'), 'C:'),
  'a symbolic link that leaves and comes back': unsafe(symlink('web/x', '../web/values.yaml'), 'x'),
  'a chain of links that leaves': unsafe(symlink('web/a/b', 'c/../../x'), 'a/b', [
    symlink('web/a/c', '..'),
  ]),
  'a link to a folder and a file through it': unsafe(symlink('web/d', 'templates'), 'd/x', [
    { name: 'web/d/x' },
  ]),
  'a hard link out': unsafe(hardlink('web/x', '../evil'), '../evil'),
  'a hard link to another root': unsafe(hardlink('web/x', 'other/x'), 'other/x'),
  'a hard link through a link': unsafe(hardlink('web/x', 'web/d/evil'), 'x', [
    symlink('web/d', '../..'),
  ]),
  'a GNU long link out': {
    bytes: () =>
      targz([CHART, { name: 'l', type: 'K', data: '../../evil\0' }, symlink('web/x', 'y')]),
    code: 'ARCHIVE_UNSAFE',
    names: '../../evil',
  },
  'a pax link out': unsafe({ ...symlink('web/x', 'y'), pax: { linkpath: '/evil' } }, '/evil'),
  'a symbolic link inside': accepted(symlink('web/x', 'values.yaml')),
  'a dangling link inside': accepted(symlink('web/templates/x', '../nothing')),
  'links in a ring': accepted(symlink('web/a', 'b'), [symlink('web/b', 'a')]),
  'a hard link inside': accepted(hardlink('web/x', 'web/Chart.yaml')),
  'a character device': unsafe({ name: 'web/null', type: '3' }, 'null'),
  'a block device': unsafe({ name: 'web/disk', type: '4' }, 'disk'),
  'a FIFO': unsafe({ name: 'web/pipe', type: '6' }, 'pipe'),
  'a GNU sparse file': unsafe({ name: 'web/s', type: 'S' }, 's'),
  'a pax sparse file': unsafe({ name: 'web/s', pax: { 'GNU.sparse.major': '1' } }, 's'),
  'an entry of an unknown kind': unsafe({ name: 'web/v', type: 'V' }, 'v'),
  'a file twice': unsafe({ name: 'web/values.yaml' }, 'values.yaml', [{ name: 'web/values.yaml' }]),
  'Chart.yaml twice': unsafe({ name: 'web/Chart.yaml' }),
  'names that differ in case': unsafe({ name: 'web/values.yaml' }, 'Values.yaml', [
    { name: 'web/Values.yaml' },
  ]),
  'a composed and a decomposed name': accepted({ name: 'web/\u00e9' }, [{ name: 'web/e\u0301' }]),
  'ß and ss': accepted({ name: 'web/ß' }, [{ name: 'web/ss' }]),
  setuid: accepted({ name: 'web/run.sh', mode: '0004755' }),
  'a name of 300 bytes': accepted({ name: 'web/x', pax: { path: `web/${'n'.repeat(300)}` } }),
  'a global pax header': {
    bytes: () => targz([{ name: 'pax_global_header', type: 'g', data: '11 comment=\n' }, CHART]),
  },
  'a name below ./': { bytes: () => targz([{ name: './Chart.yaml', data: chartYaml() }]) },
  'a mark at the start of Chart.yaml': {
    bytes: () => targz([{ name: 'web/Chart.yaml', data: `\uFEFF${chartYaml()}` }]),
  },
  'a negative size': {
    bytes: withEntry({ name: 'web/x', size: Buffer.alloc(12, 0xff) }),
    code: 'CHART_INVALID',
    names: 'invalid tar header',
  },
  'a size that is no number': {
    bytes: withEntry({ name: 'web/x', size: 'garbage!!!!\0' }),
    code: 'CHART_INVALID',
    names: 'invalid tar header',
  },
  'a pax size that is no number': {
    bytes: withEntry({ name: 'web/x', pax: { size: '-5' } }),
    code: 'CHART_INVALID',
    names: 'invalid tar header',
  },
  'a size beyond the end': {
    bytes: withEntry({ name: 'web/x', size: '77777777777\0' }),
    code: 'CHART_INVALID',
    names: 'unexpected EOF',
  },
  'a wrong checksum': {
    bytes: withEntry({ name: 'web/x', checksum: '000000\0 ' }),
    code: 'CHART_INVALID',
    names: 'invalid tar header',
  },
  'a truncated gzip': {
    bytes: () => targz([CHART]).subarray(0, 60),
    code: 'CHART_INVALID',
    names: 'unexpected EOF',
  },
  'a truncated tar': {
    bytes: () => gzipSync(tar([CHART]).subarray(0, 540)),
    code: 'CHART_INVALID',
    names: 'unexpected EOF',
  },
  'several gzip members': {
    bytes: () => {
      const whole = tar([CHART])
      return Buffer.concat([gzipSync(whole.subarray(0, 512)), gzipSync(whole.subarray(512))])
    },
  },
  'garbage after the tar': {
    bytes: () => gzipSync(Buffer.concat([tar([CHART]), Buffer.from('garbage')])),
  },
  'garbage after the gzip': {
    bytes: () => Buffer.concat([targz([CHART]), Buffer.from('garbage')]),
  },
  'an empty archive': {
    bytes: () => targz([]),
    code: 'CHART_INVALID',
    names: 'no files in chart archive',
  },
  'an empty file': {
    bytes: () => Buffer.alloc(0),
    code: 'CHART_INVALID',
    names: 'gzipped archive',
  },
  'no gzip': {
    bytes: () => Buffer.from('hello world, I am no archive'),
    code: 'CHART_INVALID',
    names: 'gzipped archive',
  },
  'xz in disguise': {
    bytes: () => Buffer.from('fd377a585a000004e6d6b4460200210116000000', 'hex'),
    code: 'CHART_INVALID',
    names: 'gzipped archive',
  },
  'zstd in disguise': {
    bytes: () => Buffer.from('28b52ffd2058010000', 'hex'),
    code: 'CHART_INVALID',
    names: 'gzipped archive',
  },
  'bzip2 in disguise': {
    bytes: () => Buffer.from('BZh91AY&SY'),
    code: 'CHART_INVALID',
    names: 'gzipped archive',
  },
  ...Object.fromEntries(
    ['.', '..', 'a/b'].map((name) => [
      `a chart named ${name}`,
      {
        bytes: () => targz([{ name: 'web/Chart.yaml', data: chartYaml(name) }]),
        code: 'CHART_INVALID',
        names: `"${name}"`,
      } satisfies HostileArchive,
    ]),
  ),
}

const MEMO = new Map<string, Buffer>()

/** Bombs are dear to make, and some are made of others. */
function once(key: string, make: () => Buffer): Buffer {
  const made = MEMO.get(key) ?? make()
  MEMO.set(key, made)
  return made
}

/** A chart with the same archive `count` times in its charts/. */
function nest(archive: Buffer, count: number): Buffer {
  const subcharts = Array.from({ length: count }, (_, index) => ({
    name: `web/charts/s${index}-1.0.0.tgz`,
    data: archive,
  }))
  return targz([CHART, ...subcharts])
}

function nested(depth: number, width: number): Buffer {
  let archive = targz([CHART])
  for (let level = 0; level < depth; level++) archive = nest(archive, width)
  return archive
}

function zeros(count: number, size: number): RawEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `web/f${index}`,
    data: Buffer.alloc(size),
  }))
}

/** A tar whose compressed form is made of `count` copies of one compressed block of zeros. */
function padding(count: number): Buffer {
  const block = gzipSync(Buffer.alloc(16 * MIB))
  return Buffer.concat([targz([CHART]), ...Array.from({ length: count }, () => block)])
}

/** Archives that grow beyond a limit when they are read; all are refused as too large. */
export const BOMBS: Record<string, { bytes: () => Buffer; names: string }> = {
  'a file of 6 MiB': { bytes: () => targz([CHART, ...zeros(1, 6 * MIB)]), names: '5242880' },
  '25 files of 4.9 MiB': {
    bytes: () => targz([CHART, ...zeros(25, 4.9 * MIB)]),
    names: '104857600',
  },
  '100,000 files': { bytes: () => targz([CHART, ...zeros(100_000, 0)]), names: '20000' },
  'a pax header of 200 MiB': {
    bytes: () => {
      const start = tar([{ name: 'x', type: 'x', size: '01440000000\0' }], { mark: false })
      const block = gzipSync(Buffer.alloc(10 * MIB, 'a'))
      return Buffer.concat([gzipSync(start), ...Array.from({ length: 20 }, () => block)])
    },
    names: '104857600',
  },
  '64 MiB of zeros after the end': { bytes: () => padding(4), names: '5242880' },
  '2 GiB of zeros after the end': { bytes: () => padding(128), names: '104857600' },
  'subcharts nested 200 deep': { bytes: () => once('200', () => nested(200, 1)), names: '32' },
  '10 subcharts a level for six levels': {
    bytes: () => once('10x6', () => nested(6, 10)),
    names: '1000',
  },
  '20 × 20 subcharts with 5 MiB each': {
    bytes: () => once('20x20', () => nest(nest(targz([CHART, ...zeros(1, 5 * MIB)]), 20), 20)),
    names: '104857600',
  },
  'a path 2,000 deep': {
    bytes: withEntry({ name: 'web/x', pax: { path: `web/${'d/'.repeat(2000)}x` } }),
    names: '1024',
  },
  'a path of 65 parts': {
    bytes: withEntry({ name: 'web/x', pax: { path: `${'d/'.repeat(64)}x` } }),
    names: '64',
  },
  '1,001 links': {
    bytes: () =>
      targz([CHART, ...Array.from({ length: 1001 }, (_, at) => symlink(`web/l${at}`, 'x'))]),
    names: '1000',
  },
}
