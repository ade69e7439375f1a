/** A symbolic or hard link of an archive, by the text of its target. */
export interface Link {
  target: string
  isHard: boolean
}

interface LinkTree {
  /** The folder that the whole archive is in. */
  root: string
  /** Links by their paths below the root. */
  links: ReadonlyMap<string, Link>
}

/** As many as Linux follows; a ring of links never leaves the chart. */
const MAX_HOPS = 40

/**
 * Whether a link leads to a place inside the chart, if all links of the archive were made.
 *
 * The target need not exist. A target that climbs above the root leaves the chart, even if it
 * comes back by naming the root's folder.
 */
export function linkStaysInside(name: string, tree: LinkTree): boolean {
  return follow(name, tree, { hops: 0 }) !== undefined
}

/** The path below the root that the link leads to, as parts; undefined when it leaves. */
function follow(name: string, tree: LinkTree, walk: { hops: number }): string[] | undefined {
  const link = tree.links.get(name)
  if (link === undefined || walk.hops++ > MAX_HOPS) return name.split('/')
  if (/^[\\/]|^[a-zA-Z]:|\0/.test(link.target)) return undefined
  const target = link.target.split(/[\\/]/)
  if (!link.isHard) return step(name.split('/').slice(0, -1), target, { tree, walk })
  // The target of a hard link is a path of the archive, its root folder included.
  const parts = target.filter((part) => part !== '' && part !== '.')
  const inRoot = tree.root === '.' ? parts : parts[0] === tree.root ? parts.slice(1) : undefined
  return inRoot && step([], inRoot, { tree, walk })
}

function step(
  from: string[],
  parts: string[],
  { tree, walk }: { tree: LinkTree; walk: { hops: number } },
): string[] | undefined {
  let at: string[] | undefined = from
  for (const part of parts) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (at.length === 0) return undefined
      at = at.slice(0, -1)
      continue
    }
    at = follow([...at, part].join('/'), tree, walk)
    if (at === undefined) return undefined
  }
  return at
}
