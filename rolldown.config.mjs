import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, resolve } from 'node:path'
import { defineConfig } from 'rolldown'
import { thirdPartyLicenses } from './test/support/third-party-licenses.mjs'

const { version, engines } = JSON.parse(readFileSync('package.json', 'utf8'))
const commands = [...commandFiles('src/commands'), ...pluginFolders().flatMap(commandFiles)]
/** What every command loads, `version` included, and small parts that most do. */
const START = anyOf(
  modules({
    base: 'ascii digest disk-error errors files folders gate lazy limits make-folders nearest percent-decoded redact-text retry-after secret-keys sha256 shown-address steady-clock value-budget',
    cli: 'args ask base-command cache-files cluster-flags csv-fields flag-kinds flags home-folders io keyring parse-flags signals signing-options source-date source-flags user-agent',
    encoding: 'json yaml-emit-* yaml-encode',
    golang: 'bytes decimal duration order printable strconv value',
    output: 'document error-view table term',
  }),
  (id) =>
    /\/@oclif\/core\/(lib\/(args|cache|command|flags|logger|symbols)\.|package\.json)/.test(id),
)
/** What reads charts, for all commands that take one: a large script is read sooner than ten. */
const CHARTS = modules({
  actions: 'choose-name installable load-chart names verify-fetched',
  base: 'file-modes json long-run secret-text version-parts versions',
  chart:
    'archive-file assemble-chart broken-link budget chart chart-folder file-reader glob go-struct ignore kept-values links load-chart lock metadata metadata-document misnamed own-folders read-directory read-yaml validate-metadata',
  cli: 'has-proxy read-chart read-flags read-image-map read-text',
  encoding: 'yaml-*',
  golang: 'function space',
  render: 'crds',
  repo: 'chart-ref',
})
/** What renders them. */
const RENDERING = modules({
  actions: 'odd-values render template upstream-crds',
  cli: 'read-values',
  golang: 'format* regexp* time time-zone truth',
  gotmpl: '*',
  manifest: '*',
  render: '*',
  sprig: '*',
  values: '*',
})
/** What every command uses that looks into a repository. */
const REPOSITORIES = modules({
  base: 'file-lock follow-link process-identity',
  cli: 'open-site package-root registry-options',
  http: 'direct-exchange downloader exchange open-http retrying',
  index: 'cache entry kept last-use republished resolve store strays table',
  registry: 'credentials credentials-file oci-reference oci-registry',
  repo: 'builtin chart-site fetch-archive find-chart repositories trust',
})
/** What puts dependencies into charts/. */
const DEPENDENCIES = modules({
  actions: 'dependencies',
  cli: 'dependency-command dependency-flags',
  dependencies: 'errors lock-file resolve save sources',
  output: 'dependencies-view',
})
/** What every command uses that looks at releases. */
const RELEASES = modules({
  actions: 'inspect render-at-target target-errors',
  apply: 'lock',
  base: 'redact',
  cli: 'names-release open-connections open-progress release-command repeat-target',
  cluster:
    'cluster declared-scopes directory-* field-conflict field-managers holder lease-object object-path webhook-error',
  output: 'deployed-view progress* release-view times',
  release: 'codec history record-* status timestamp',
  storage: 'directory-storage storage',
})
/** What plans and changes them. */
const VERBS = modules({
  actions: 'install locked preflight prepare reuse-values rights rollback undo uninstall upgrade',
  apply: '*',
  base: 'either-signal',
  plan: '*',
  release: 'same-content',
})
/** What does either on an API server. */
const CLUSTER = modules({
  cli: 'kube-flags open-kube-target record-kind',
  cluster: '*',
  release: 'lazy-release left-out packed shorten-manifest summary',
  storage: '*',
})
/**
 * Parts that most runs do without: each is a script of its own, read when something of it is
 * first used. V8 takes time for every function of a script, also for those that never run.
 * Where a module stands in two lists, this one counts.
 */
const LATE = {
  addresses: modules({
    http: 'axios-exchange',
    registry:
      'credential-helper oci oci-annotations oci-artefact oci-catalog oci-content oci-manifest oci-pages oci-referrers oci-signatures oci-tags oci-upload registry-auth',
  }),
  archives: modules({ chart: 'archive read-archive tar' }),
  errors: modules({ encoding: 'json-error', render: 'template-advice template-failure' }),
  handlebars: modules({ hbs: '*', render: 'handlebars-renderer' }),
  indexes: modules({ index: 'entry-reader lines read scan values' }),
  inference: modules({
    values: 'conditional-names local-references schema-comments schema-of types-of',
  }),
  keys: modules({ sprig: 'der letters pem private-keys rsa x509' }),
  paths: modules({ encoding: 'json-path*' }),
  oclif: (id) =>
    /\/node_modules\/(@oclif\/core\/lib\/(?!args|cache|command|flags|logger|symbols)|ansi|ansis|balanced-match|brace-expansion|clean-stack|cli-spinners|color-|debug|ejs|emoji-regex|escape-string-regexp|fdir|get-package-type|has-flag|indent-string|is-fullwidth|lilconfig|minimatch|ms\/|picomatch|string-width|strip-ansi|supports-color|tinyglobby|widest-line|wordwrap|wrap-ansi)/.test(
      id,
    ),
  kept: modules({
    base: 'kept-file',
    cli: 'file-store',
    encoding: 'kept-texts kept-tree',
    gotmpl: 'pipeline-reader restore-lists',
    render: 'template-cache',
  }),
  metaschemas: modules({ values: 'metaschemas' }),
  reads: modules({ render: 'go-file-reads missing-files' }),
  signing: modules({ signing: '*' }),
  set: modules({ values: 'parse-set presets set-values' }),
  // After those that take single modules out of them.
  schema: modules({ values: 'schema-*' }),
  checks: modules({ values: 'drafts plain-schema quick-check' }),
  texts: modules({
    encoding: 'toml toml-mistake',
    manifest: 'post-render',
    render: 'glob',
    sprig: 'base32 url',
  }),
  times: modules({ golang: 'time-instant time-layout time-parse time-zone-names' }),
  yaml: modules({
    encoding: 'yaml-compose yaml-locate yaml-scan-properties yaml-span yaml-tokens',
  }),
}
/** Tests build into a folder of their own. */
const folder = process.env['KUBECTL_PKG_DIST'] ?? 'dist'
rmSync(folder, { recursive: true, force: true })

const shared = {
  platform: 'node',
  resolve: { alias: { 'kubectl-pkg/plugin': new URL('src/plugin.ts', import.meta.url).pathname } },
  // openpgp stays a file of its own, as its licence (LGPL) wants: anyone may put another in its place.
  external: [
    ...builtinModules,
    ...builtinModules.map((name) => `node:${name}`),
    'typescript',
    'openpgp',
  ],
  transform: {
    define: {
      VERSION: JSON.stringify(version),
      OLDEST_NODE: /\d+/.exec(engines.node)[0],
      ROUTES: JSON.stringify(routes()),
      READER: JSON.stringify(reader()),
    },
  },
  plugins: [lazyOclif(), lazyPackages(), axiosOverHttp()],
}
// Sources are modules, which are strict: otherwise `this` is boxed, and a text becomes an object.
const output = {
  dir: folder,
  format: 'cjs',
  minify: true,
  strict: true,
  plugins: [plainExports(), nameContent(), thirdPartyLicenses(folder)],
}

export default defineConfig([
  {
    ...shared,
    input: { main: 'src/main.ts' },
    output: { ...output, banner: '#!/usr/bin/env node' },
  },
  // Apart from main, so that the two share no script, and each is read in one piece.
  {
    ...shared,
    input: { complete: 'src/cli/complete-main.ts' },
    output: { ...output, banner: '#!/usr/bin/env node', chunkFileNames: 'chunks/[name]-[hash].js' },
  },
  {
    ...shared,
    input: {
      oclif: 'src/cli/oclif.ts',
      plugin: 'src/plugin.ts',
      ...Object.fromEntries(commands.map(({ id, file }) => [`commands/${scriptOf(id)}`, file])),
    },
    output: {
      ...output,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
      exports: 'named',
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [
          { name: packageChunk },
          { name: lateChunk },
          { name: 'start', test: START },
          { name: 'charts', test: CHARTS },
          { name: 'late-render', test: RENDERING },
          { name: 'repositories', test: REPOSITORIES },
          { name: 'dependencies', test: DEPENDENCIES },
          { name: 'releases', test: RELEASES },
          { name: 'verbs', test: VERBS },
          { name: 'cluster', test: CLUSTER },
        ],
      },
    },
  },
])

/** Every command's oclif id and file below a folder of commands. */
function commandFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => ({
      id: name.replace(/\.ts$/, '').replaceAll('/', ':'),
      file: join(folder, name),
    }))
}

/** Where a command's script lies; oclif takes `repo/index` for the topic itself. */
function scriptOf(id) {
  return id.replaceAll(':', '/').replace(/\/index$/, '/index/index')
}

/** Names the code that reads charts: what another one has kept of them is not taken. */
function reader() {
  const hash = createHash('sha256').update(version)
  for (const room of ['base', 'golang', 'encoding', 'gotmpl', 'chart', 'render', 'manifest']) {
    for (const name of readdirSync(`src/${room}`).sort())
      hash.update(readFileSync(`src/${room}/${name}`))
  }
  return hash.digest('hex').slice(0, 12)
}

function pluginFolders() {
  return readdirSync('plugins').map((name) => join('plugins', name, 'src', 'commands'))
}

/** Words that people type, aliases included, to command ids. */
function routes() {
  const table = {}
  for (const { id, file } of commands) {
    const [, list = ''] =
      /static override aliases = \[([^\]]*)\]/.exec(readFileSync(file, 'utf8')) ?? []
    const aliases = [...list.matchAll(/'([^']+)'/g)].map((match) => match[1])
    for (const name of [id, ...aliases]) table[name.replaceAll(':', ' ')] = id
  }
  return table
}

/**
 * Loads oclif's modules when they are first used. Its `Command` and flags name all of it,
 * help and spinners included, of which a run uses almost nothing.
 */
function lazyOclif() {
  return {
    name: 'lazy-oclif',
    transform(code, id) {
      if (!id.includes('/@oclif/core/lib/')) return null
      let text = code.replace(/process\.stdout\.on\('error',[\s\S]*?\n\}\);/, '')
      const names = []
      text = text.replaceAll(
        /^(?:const|var) (\w+) = ((?:__importDefault|__importStar)?\(?require\("[^"]+"\)\)?);$/gm,
        (_, name, load) => {
          names.push(name)
          return `let ${name}$loaded; const ${name}$ = () => ${name}$loaded ??= ${load};`
        },
      )
      for (const name of names) {
        text = text
          .replaceAll(new RegExp(`\\bnew ${name}\\.(\\w+)`, 'g'), `new (${name}$().$1)`)
          .replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `${name}$().`)
      }
      return { code: text, map: null }
    },
  }
}

/** Packages that few runs need: each is a script of its own, read when it is first used. */
function packageChunk(id) {
  const [, name] = /\/node_modules\/(bcryptjs|diff|handlebars|re2js|smol-toml)\//.exec(id) ?? []
  return name === undefined ? null : `package-${name}`
}

/**
 * Tells whether a file is one of the named modules of src, which are listed by their rooms; `*`
 * stands for anything.
 *
 * @throws Error for a name that no file has: what moves on must move here too
 */
function modules(rooms) {
  const files = new Set()
  for (const [room, names] of Object.entries(rooms)) {
    const there = readdirSync(join('src', room))
    for (const name of names.split(' ')) {
      const pattern = new RegExp(`^${name.replace('*', '.*')}\\.ts$`)
      const found = there.filter((file) => pattern.test(file))
      if (found.length === 0)
        throw new Error(`a script wants src/${room}/${name}.ts, which is not there`)
      for (const file of found) files.add(resolve('src', room, file))
    }
  }
  return (id) => files.has(id)
}

function anyOf(...tests) {
  return (id) => tests.some((test) => test(id))
}

function lateChunk(id) {
  const [name] = Object.entries(LATE).find(([, holds]) => holds(id)) ?? []
  return name === undefined ? null : `late-${name}`
}

/**
 * Leaves out of axios its way over `fetch` and forms: to look at these globals is enough for Node
 * to load its own client. Requests go over node:http, and none has a form.
 */
function axiosOverHttp() {
  return {
    name: 'axios-over-http',
    load: (id) =>
      id.endsWith('/axios/lib/adapters/fetch.js')
        ? 'export const getFetch = () => undefined'
        : null,
    transform(code, id) {
      if (id.endsWith('/axios/lib/utils.js'))
        return { code: code.replaceAll(/\bG\.FormData\b/g, 'undefined'), map: null }
      if (id.endsWith('/https-proxy-agent/dist/agent.js'))
        return { code: withoutNamedAddress(code, id), map: null }
      return null
    },
  }
}

/** The agent names the server to TLS also where it is an address, which Node 26 refuses. */
function withoutNamedAddress(code, id) {
  const mended = code
    .replace(
      '= opts.servername || opts.host',
      "= opts.servername || (net_1.default.isIP(opts.host) ? '' : opts.host)",
    )
    .replace(/(socket,\s*servername)( \}\)\))/, '$1, host: opts.host$2')
  if (mended.split('opts.host').length !== code.split('opts.host').length + 2)
    throw new Error(`${id} is not as it was: look whether it still names addresses`)
  return mended
}

/**
 * `requirePackage('name')` loads a package at run time; in the bundle a lazy require does. None
 * may be left, as Node takes a millisecond to make what it would call.
 */
function lazyPackages() {
  return {
    name: 'lazy-packages',
    transform(code, id) {
      if (!id.includes('/src/') || !code.includes('requirePackage(')) return null
      const lazy = code.replaceAll(/\brequirePackage\(\s*(?=['"])/g, 'require(')
      if (lazy.includes('requirePackage(')) throw new Error(`${id} loads what is not named`)
      return { code: lazy, map: null }
    },
  }
}

/** Two scripts that need each other would find nothing in the one that began first. */
function assertOneWay(bundle) {
  const done = new Set()
  const visit = (file, path) => {
    if (path.includes(file)) throw new Error(`scripts in a circle: ${[...path, file].join(' → ')}`)
    if (done.has(file)) return
    for (const next of bundle[file]?.imports ?? []) {
      if (!LATE_FILE.test(next)) visit(next, [...path, file])
    }
    done.add(file)
  }
  for (const file of Object.keys(bundle)) visit(file, [])
}

const LATE_FILE = /\/(?:package|late)-[^/]+$/

/** Reads the scripts of packages and late parts when what they export is asked for. */
function loadLate(code, bundle) {
  return code.replaceAll(
    /([\w$]+) ?= ?(require\("[./a-z]+\/((?:package|late)-[^"]+)"\))/g,
    (_, script, load, file) => {
      const used = namesUsed(code, script)
      const getters = bundle[`chunks/${file}`].exports
        .filter((name) => used.has(name))
        .map((name) => `get ${name}(){return(m??=${load}).${name}}`)
      return `${script}=(m=>({${getters.join()}}))()`
    },
  )
}

/** What a script uses of another one: each getter more would take its time at the start. */
function namesUsed(code, script) {
  const uses = code.matchAll(
    new RegExp(`(?<![\\w$.])${script.replaceAll('$', '\\$')}\\.([\\w$]+)`, 'g'),
  )
  return new Set([...uses].map(([, name]) => name))
}

/**
 * Puts what never changes into plain properties of `exports`. rolldown defines a getter for each,
 * which takes longer to define than all else that a script does first, and a call at each use.
 */
function plainExports() {
  return {
    name: 'plain-exports',
    renderChunk(code) {
      const isFixed = fixedNames(this.parse(code))
      return code.replaceAll(GETTER, (getter, key, name) =>
        isFixed(name) ? `exports.${key} = ${name};` : getter,
      )
    },
  }
}

const GETTER =
  /Object\.defineProperty\(exports, "(\w+)", \{\s*enumerable: true,\s*get: function\s*\(\) \{\s*return ([\w$]+);\s*\}\s*\}\);/g

/** Tells which names of a script are functions, classes or constants, and nothing else later. */
function fixedNames({ body }) {
  const fixed = new Set()
  for (const statement of body) {
    if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration')
      fixed.add(statement.id.name)
    if (statement.type !== 'VariableDeclaration') continue
    for (const { id, init } of statement.declarations) {
      if (statement.kind === 'const' || init?.type === 'ClassExpression') fixed.add(id.name)
    }
  }
  return (name) => fixed.has(name)
}

/**
 * Keeps every file ASCII, so that it can be read as one byte a character, and puts a name
 * made of its content first: V8 itself tells two scripts apart by their length alone.
 */
function nameContent() {
  return {
    name: 'name-content',
    generateBundle(_options, bundle) {
      assertOneWay(bundle)
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        const code = loadLate(chunk.code, bundle).replaceAll(
          /[^\x00-\x7f]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
        const name = createHash('sha256').update(code).digest('hex').slice(0, 16)
        chunk.code = code.startsWith('#!') ? code : `/*${name}*/${code}`
      }
    },
    writeBundle() {
      writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n')
    },
  }
}
