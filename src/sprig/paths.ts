import { fn, type GoFunction } from '../golang/function.ts'

/**
 * Gives the functions over paths; the `os…` ones are the same, as Helm's are on Linux.
 *
 * Source: Go path.Base, Dir, Ext, Clean, IsAbs.
 */
export function pathFunctions(): Record<string, GoFunction> {
  const base = fn(['string'], baseOf)
  const dir = fn(['string'], directoryOf)
  const clean = fn(['string'], cleaned)
  const ext = fn(['string'], extensionOf)
  const isAbs = fn(['string'], (path: string) => path.startsWith('/'))
  return {
    base,
    dir,
    clean,
    ext,
    isAbs,
    osBase: base,
    osDir: dir,
    osClean: clean,
    osExt: ext,
    osIsAbs: isAbs,
  }
}

function baseOf(path: string): string {
  if (path === '') return '.'
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

function directoryOf(path: string): string {
  return cleaned(path.slice(0, path.lastIndexOf('/') + 1))
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}

/** The shortest path to the same place, by its text alone; `.` for none. */
function cleaned(path: string): string {
  const root = path.startsWith('/') ? '/' : ''
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (root === '') parts.push('..')
  }
  return root + parts.join('/') || '.'
}
