// Writes docs/commands.md from oclif.manifest.json, and docs/errors.md from the table of errors;
// with --check it says instead which of them is not fresh.
import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)
const pages = { 'docs/commands.md': commandsPage(), 'docs/errors.md': errorsPage() }
const isCheck = process.argv.includes('--check')
const read = (name) => readFileSync(new URL(name, root), 'utf8')

for (const [name, text] of Object.entries(pages)) {
  if (!isCheck) writeFileSync(new URL(name, root), text)
  else if (read(name) !== text) {
    console.error(`${name} is not fresh; run "npm run docs"`)
    process.exitCode = 1
  }
}

function commandsPage() {
  const { commands } = JSON.parse(readFileSync(new URL('oclif.manifest.json', root), 'utf8'))
  const shown = Object.values(commands).filter(({ hidden }) => !hidden)
  shown.sort((a, b) => (a.id < b.id ? -1 : 1))
  const intro = `# Commands

Made from \`oclif.manifest.json\` by \`npm run docs\`. \`kubectl pkg COMMAND --help\` says the same.
Flags that every command takes are listed once, at the end.
`
  const [{ flags }] = shown
  const everywhere = Object.values(flags).filter(({ helpGroup }) => helpGroup === 'GLOBAL')
  return `${intro}\n${shown.map(commandSection).join('\n')}\n## Flags of every command\n\n${flagTable(everywhere)}`
}

function commandSection({ id, summary, description, args, flags, examples = [], aliases, strict }) {
  const words = id.replaceAll(':', ' ')
  const places = Object.values(args).map(({ name, required }) => {
    const label = name.toUpperCase() + (strict === false ? '...' : '')
    return required ? label : `[${label}]`
  })
  const own = Object.values(flags).filter(
    ({ hidden, helpGroup }) => !hidden && helpGroup !== 'GLOBAL',
  )
  const also =
    aliases.length > 0 ? `\nAlso: \`${aliases.join('`, `').replaceAll(':', ' ')}\`.\n` : ''
  const code = [`kubectl pkg ${[words, ...places, '[flags]'].join(' ')}`]
  const shown = examples.map((text) => text.replaceAll('<%= config.bin %>', 'kubectl pkg'))
  if (shown.length > 0) code.push('', ...shown)
  const text = description
    ? `\n${description.trim().replace(/^([^-].*)\n(?=- )/m, '$1\n\n')}\n`
    : ''
  const table = own.length > 0 ? `\n${flagTable(own)}` : ''
  return `## ${words}\n\n${summary}\n${text}${also}\n\`\`\`sh\n${code.join('\n')}\n\`\`\`\n${table}`
}

function flagTable(flags) {
  const rows = flags
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, char, type, options, helpValue, summary = '', default: preset, env }) => {
      const wanted = (helpValue ?? options?.join('|') ?? 'VALUE').replaceAll('|', '\\|')
      const value = type === 'boolean' ? '' : `${wanted.startsWith('[=') ? '' : ' '}${wanted}`
      const label =
        `\`${char ? `-${char}, ` : ''}--${name}${value.replaceAll('\\|', '|')}\``.replaceAll(
          '|',
          '\\|',
        )
      const notes = [
        preset !== undefined &&
        preset !== '' &&
        typeof preset !== 'boolean' &&
        helpValue !== 'DURATION'
          ? `default ${preset}`
          : '',
        env ? `or \`${env}\`` : '',
      ]
      const more = notes.filter((note) => note !== '').join('; ')
      return `| ${label} | ${summary.replaceAll('|', '\\|')}${more === '' ? '' : ` (${more})`} |`
    })
  return `| flag | meaning |\n| --- | --- |\n${rows.join('\n')}\n`
}

function errorsPage() {
  const source = readFileSync(new URL('src/base/errors.ts', root), 'utf8')
  const rows = [...source.matchAll(/^ {2}([A-Z_]+): \{ exit: (\d+), summary: '([^']+)' \},$/gm)]
  const table = rows.map(([, code, exit, summary]) => `| \`${code}\` | ${exit} | ${summary} |`)
  return `# Errors

Made from \`src/base/errors.ts\` by \`npm run docs\`; \`kubectl pkg help errors\` prints the same.

A failure is printed to standard error: a first line \`Error: …\`, the place in your file where
there is one, a hint, and a code that stays the same. With \`-o json\` it is one JSON document
(\`schemas/error.schema.json\`). The exit status is the code's; 0 is success, and 2 says that
\`diff --detailed-exitcode\` found differences.

| code | exit | meaning |
| --- | --- | --- |
${table.join('\n')}
`
}
