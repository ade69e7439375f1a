// Gathers the licences of the packages that the bundle holds parts of, as they want to be named in
// every copy.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = /^(?:licen[cs]e|copying|notice|third-party-notices)(?:[.-].*)?$/i
const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/** A plugin of rolldown, one for all bundles: it writes THIRD-PARTY-LICENSES.txt after each. */
export function thirdPartyLicenses(folder) {
  const packages = new Set()
  return {
    name: 'third-party-licenses',
    generateBundle(_options, bundle) {
      for (const { moduleIds = [] } of Object.values(bundle)) {
        for (const id of moduleIds) {
          const [root] = PACKAGE.exec(id) ?? []
          if (root !== undefined) packages.add(root)
        }
      }
    },
    writeBundle() {
      const parts = [...packages].map(licencesOf).sort((a, b) => (a.title < b.title ? -1 : 1))
      const texts = parts.map(
        ({ title, text }) => `${title}\n${'='.repeat(title.length)}\n\n${text}\n`,
      )
      writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), `${HEAD}\n${texts.join('\n\n')}`)
    },
  }
}

const HEAD = `The scripts of this folder hold parts of the following packages, under these licences.
The package openpgp is not among them: it is installed beside, under its own.

`

/** The name, version and licences of the package in a folder. */
function licencesOf(root) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const files = readdirSync(root).filter((file) => FILE.test(file))
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8').trim())
  const text = texts.length > 0 ? texts.join('\n\n') : licenceOfReadme(root)
  if (text === undefined) throw new Error(`${name} ${version} has no text of its licence`)
  return { title: `${name} ${version} (${license})`, text: text.replaceAll('\r\n', '\n') }
}

function licenceOfReadme(root) {
  const readme = readdirSync(root).find((file) => /^readme(?:\.|$)/i.test(file))
  if (readme === undefined) return undefined
  const text = readFileSync(join(root, readme), 'utf8')
  return /^(?:#+ *licen[cs]e|licen[cs]e\n-+)\s*(.*)/ims.exec(text)?.[1].trim()
}
