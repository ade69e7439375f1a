// Writes src/types from the schemas beside this file; with --check it only says what is stale.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { compileFromFile } from 'json-schema-to-typescript'

const check = process.argv.includes('--check')
const types = new URL('../src/types/', import.meta.url)
mkdirSync(types, { recursive: true })

const stale = []
for (const name of readdirSync(new URL('.', import.meta.url)).filter((name) =>
  name.endsWith('.schema.json'),
)) {
  const text = await compileFromFile(new URL(name, import.meta.url).pathname, {
    bannerComment: `/* Generated from schemas/${name}; change the schema and run "npm run types". */`,
    additionalProperties: true,
    unknownAny: true,
    style: { semi: false, singleQuote: true, printWidth: 100 },
  })
  const file = new URL(name.replace('.schema.json', '.ts'), types)
  if (check && readOrEmpty(file) !== text)
    stale.push(`src/types/${name.replace('.schema.json', '.ts')}`)
  if (!check) writeFileSync(file, text)
}
if (stale.length > 0) {
  console.error(`stale, run "npm run types": ${stale.join(', ')}`)
  process.exitCode = 1
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return ''
  }
}
