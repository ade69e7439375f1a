// npm run controlplane -- build | start | stop | status | kubeconfig
import { planeState, startPlane, stopPlane } from './planes.mjs'
import { ensurePrograms, findPrograms } from './programs.mjs'

const NAME = 'shared'

const commands = {
  build: () => {
    for (const [name, path] of Object.entries(ensurePrograms())) console.log(`${name}  ${path}`)
  },
  start: async () => {
    const { server, kubeconfig } = planeState(NAME) ?? (await startPlane(NAME, { owned: false }))
    console.log(`${server}\nexport KUBECONFIG=${kubeconfig}`)
  },
  stop: async () => console.log((await stopPlane(NAME)) ? 'stopped' : 'none runs'),
  kubeconfig: () => console.log(running().kubeconfig),
  status: () => {
    const state = planeState(NAME)
    const { missing } = findPrograms()
    console.log(state === undefined ? 'none runs' : JSON.stringify(state, null, 2))
    if (missing.length > 0) console.log(`not built: ${missing.join(', ')}`)
  },
}

const command = commands[process.argv[2]]
if (command === undefined) fail(`usage: controlplane ${Object.keys(commands).join('|')}`)
await Promise.resolve(command()).catch((error) => fail(error.message))

function running() {
  return planeState(NAME) ?? fail('none runs; npm run controlplane -- start')
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
