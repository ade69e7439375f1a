import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { BUILT_IN, builtInEntry, builtInNames } from '../repo/builtin.ts'
import { openIndexStore } from '../index/store.ts'
import { loadRepositories } from '../repo/repositories.ts'

/** Where what can be told of charts without a network lies. */
export interface ChartPlaces {
  /** repositories.yaml. */
  repositoriesFile: string
  /** Folder of fetched indexes. */
  indexFolder: string
  /** Folder of the add-ons. */
  addonsFolder: string
}

/** Names of the configured repositories. */
export async function repositoryNames({ repositoriesFile }: ChartPlaces): Promise<string[]> {
  return quietly(async () => {
    const repositories = await loadRepositories(repositoriesFile)
    return repositories.map(({ name }) => name).sort()
  })
}

/**
 * What a chart reference can go on with: `REPOSITORY/` as long as there is no slash in it, then
 * the charts of that repository.
 */
export async function chartReferences(typed: string, places: ChartPlaces): Promise<string[]> {
  const slash = typed.indexOf('/')
  if (slash < 0) {
    const names = new Set([...(await repositoryNames(places)), BUILT_IN])
    return [...names].sort().map((name) => `${name}/`)
  }
  const repository = typed.slice(0, slash)
  return quietly(async () => {
    const names = await lookAt(repository, places, {
      builtIn: () => builtInNames(places.addonsFolder),
      index: (table) => table.keys(),
    })
    return names.sort().map((name) => `${repository}/${name}`)
  })
}

/** Versions of `REPOSITORY/CHART`, newest first. */
export async function referenceVersions(reference: string, places: ChartPlaces): Promise<string[]> {
  const [, repository = '', name = ''] = /^([^/]+)\/([^/]+)$/.exec(reference) ?? []
  return quietly(async () => {
    const entries = await lookAt(repository, places, {
      builtIn: () =>
        builtInNames(places.addonsFolder).includes(name)
          ? [builtInEntry(places.addonsFolder, name)]
          : [],
      index: (table) => table.versionsOf(name) ?? [],
    })
    return entries.map(({ version }) => version)
  })
}

type Store = ReturnType<typeof openIndexStore>
type Table = Parameters<Parameters<Store['peek']>[1]>[0]

interface Looks<T> {
  builtIn: () => T[]
  index: (table: Table) => T[]
}

async function lookAt<T>(
  repository: string,
  { repositoriesFile, indexFolder }: ChartPlaces,
  { builtIn, index }: Looks<T>,
): Promise<T[]> {
  const repositories = await loadRepositories(repositoriesFile)
  const origin = repositories.find(({ name }) => name === repository)
  if (origin === undefined) return repository === BUILT_IN ? builtIn() : []
  const store = openIndexStore(indexFolder, {
    onOddity: () => undefined,
    onNotice: () => undefined,
  })
  return (await store.peek(origin, index)) ?? []
}

/** Whoever types wants words, and no reasons why there are none. */
async function quietly(find: () => Promise<string[]>): Promise<string[]> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof PkgError || isSystemError(error)) return []
    throw error
  }
}
