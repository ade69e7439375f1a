import type { Value } from '../golang/value.ts'
import { textOf, type IndexDocument, type IndexItem } from './document.ts'

/** A page that lists the charts of a repository, without scripts and links to elsewhere. */
export function indexPage({ entries }: IndexDocument): string {
  const charts = [...entries].filter(([, items]) => items.length > 0)
  charts.sort(([a], [b]) => (a < b ? -1 : 1))
  const body =
    charts.length === 0
      ? '<p>There are no charts yet.</p>'
      : charts.map(([name, items]) => section(name, items)).join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Charts</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Charts</h1>
<p>${charts.length === 1 ? '1 chart' : `${charts.length} charts`}. Add this repository with <code>kubectl pkg repo add NAME URL</code>
or <code>helm repo add NAME URL</code>.</p>
${body}
</main>
</body>
</html>
`
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1rem }
section { border-top: 1px solid #8885; padding: 1rem 0 }
h2 { margin: 0 } p { margin: .25rem 0 .75rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top }
h2, p, td { overflow-wrap: anywhere } td:last-child { white-space: nowrap }
.old { opacity: .7 }`

/** Versions shown of one chart; the index has the others. */
const MOST_VERSIONS = 20

function section(name: string, items: readonly IndexItem[]): string {
  const [newest] = items
  const rows = items.slice(0, MOST_VERSIONS).map(row).join('\n')
  const more = items.length - MOST_VERSIONS
  return `<section aria-labelledby="${escape(name)}">
<h2 id="${escape(name)}">${escape(name)}</h2>
<p>${escape(textOf(newest?.get('description')))}</p>
<table>
<thead><tr><th>Version</th><th>App version</th><th>Published</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
${more > 0 ? `<p>and ${more} older versions</p>\n` : ''}</section>`
}

function row(item: IndexItem): string {
  const version = escape(textOf(item.get('version')))
  const link = linkOf(item.get('urls'))
  const label = link === undefined ? version : `<a href="${escape(link)}">${version}</a>`
  const note = item.get('deprecated') === true ? ' (deprecated)' : ''
  const className = note === '' ? '' : ' class="old"'
  return `<tr${className}><td>${label}${note}</td><td>${escape(textOf(item.get('appVersion')))}</td><td>${escape(textOf(item.get('created')).slice(0, 10))}</td></tr>`
}

/** The first address, when it is one that a browser may be sent to. */
function linkOf(urls: Value | undefined): string | undefined {
  const first = Array.isArray(urls) ? urls[0] : undefined
  if (typeof first !== 'string') return undefined
  const isScheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(first)
  return !isScheme || /^https?:\/\//i.test(first) ? first : undefined
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
