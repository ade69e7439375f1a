// A first day in one minute: installs an add-on into a directory, changes it, looks back, rolls back.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url).pathname
const folder = `${root}quickstart`
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
writeFileSync(
  `${folder}/my-values.yaml`,
  `# What this cluster wants to be different from the chart's defaults.
replicas: 2
ingressClass:
  default: true
log:
  access: true
`,
)

const target = ['--target', 'dir:quickstart/deploy', '--namespace', 'ingress']
run('install', 'web', 'charts/ingress', '--values', 'quickstart/my-values.yaml', ...target)
run(
  'upgrade',
  'web',
  'charts/ingress',
  '--reuse-values',
  '--set',
  'replicas=3,redirectToHttps=true',
  ...target,
)
run('history', 'web', ...target)
run('diff', 'web', '1', '2', ...target)
run('rollback', 'web', '1', ...target)
run('status', 'web', ...target)
say('ls quickstart/deploy/ingress', readdirSync(`${folder}/deploy/ingress`).sort().join('\n'))
process.stdout.write(`
Done. The manifests are in quickstart/deploy; "git diff" or "kubectl apply -R -f" work on them.
Next: node dist/main.js --help, or put it on the PATH with "npm link" and type "kubectl pkg".
`)

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/main.js', ...args], {
    cwd: root,
  })
  say(`kubectl pkg ${args.join(' ')}`, `${stdout}${stderr}`.trimEnd())
  if (status !== 0) process.exit(status ?? 1)
}

function say(command, output) {
  process.stdout.write(`\n$ ${command}\n${output}\n`)
}
