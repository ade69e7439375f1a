// Writes the declarations of what plugins may import: those of src/plugin.ts and of all it names.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const RELATIVE = /(?<=from '|import\(")\.{1,2}\/[^'"]+(?=\.ts['"])/g

/** Writes them below a folder; `plugin.d.ts` is the one to begin with. */
export function writePluginTypes(folder) {
  const all = mkdtempSync(join(tmpdir(), 'kubectl-pkg-types-'))
  try {
    emit(all)
    rmSync(folder, { recursive: true, force: true })
    for (const file of reachable(all)) {
      // Under these names every TypeScript finds them, also one that wants no .ts in a path.
      const text = readFileSync(join(all, file), 'utf8').replaceAll(
        /(?<=\.{1,2}\/[^'"\n]+)\.ts(?=['"])/g,
        '.js',
      )
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
  } finally {
    rmSync(all, { recursive: true, force: true })
  }
}

/** Makes the declarations of every source that src/plugin.ts needs to run. */
function emit(folder) {
  const project = join(root, `tsconfig.types-${process.pid}.json`)
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: 'src',
    outDir: folder,
  }
  writeFileSync(
    project,
    JSON.stringify({
      extends: './tsconfig.json',
      compilerOptions,
      files: ['src/plugin.ts'],
      include: [],
    }),
  )
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  try {
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`the declarations cannot be made:\n${stdout}`)
  } finally {
    rmSync(project)
  }
}

/** The files that declarations name, beginning with those of plugin.ts. */
function reachable(folder, file = 'plugin.d.ts', seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [path] of readFileSync(join(folder, file), 'utf8').matchAll(RELATIVE)) {
    reachable(folder, `${join(dirname(file), path)}.d.ts`, seen)
  }
  return seen
}

if (process.argv[1] === import.meta.filename) writePluginTypes(join(root, 'dist/types'))
