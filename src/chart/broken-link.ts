import { lstatSync, readlinkSync } from 'node:fs'
import { dirname, isAbsolute, join, parse, sep } from 'node:path'

/**
 * Says where a symbolic link breaks off, with Go's words: the first part of its way that is
 * missing, is no folder, or leads in circles.
 *
 * Source: Go's path/filepath/symlink.go, `walkSymlinks`.
 *
 * @param path absolute
 * @returns undefined when the link holds after all
 */
export function brokenLinkProblem(path: string): string | undefined {
  let { root: at } = parse(path)
  let parts = path.slice(at.length).split(sep)
  for (let links = 0; parts.length > 0;) {
    const [part = '', ...others] = parts
    parts = others
    const next = part === '..' ? dirname(at) : join(at, part)
    const stat = lstatSync(next, { throwIfNoEntry: false })
    if (stat === undefined) return `lstat ${next}: no such file or directory`
    if (stat.isSymbolicLink()) {
      if (++links > MAX_LINKS) return 'EvalSymlinks: too many links'
      const target = readlinkSync(next)
      parts = [...target.split(sep), ...others]
      if (isAbsolute(target)) at = parse(target).root
    } else if (others.length > 0 && !stat.isDirectory()) return 'not a directory'
    else at = next
  }
  return undefined
}

const MAX_LINKS = 255
