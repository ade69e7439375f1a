import { viewTable } from './table.ts'

/** What was put into a bundle. */
interface Made {
  file: string
  charts: readonly string[]
  images: readonly string[]
}

/** The charts and images of a new bundle, and where it is. */
export function viewBundle({ file, charts, images }: Made): string {
  const lines = [
    ...charts.map((chart) => `chart ${chart}`),
    ...images.map((name) => `image ${name}`),
  ]
  return [...lines, `Wrote ${file}`].join('\n')
}

/** What a check of a bundle found. */
interface Report {
  items: readonly { kind: string; name: string; digest: string }[]
  missingImages: readonly string[]
}

/** What a bundle holds, and what it lacks. */
export function viewBundleReport({ items, missingImages }: Report): string {
  const rows = items.map(({ kind, name, digest }) => [kind, name, digest])
  const missing = missingImages.map((image) => ['missing', image, ''])
  return viewTable([['KIND', 'NAME', 'DIGEST'], ...rows, ...missing])
}

/** Where each artefact of a bundle is now. */
export function viewApplied(items: readonly { name: string; reference: string }[]): string {
  return viewTable([['NAME', 'NOW AT'], ...items.map(({ name, reference }) => [name, reference])])
}
