import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCredentials } from '../../../src/registry/credentials.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

interface Person {
  home: string
  file: string
  env: Record<string, string>
}

/** A home with a config.json, and a credential helper `test` that keeps logins in a folder. */
function person(config?: unknown): Person {
  const home = temporaryFolder()
  const file = join(home, 'registry', 'config.json')
  if (config !== undefined) {
    mkdirSync(join(home, 'registry'))
    writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config))
  }
  const helper = join(home, 'docker-credential-test')
  writeFileSync(helper, HELPER)
  chmodSync(helper, 0o755)
  return { home, file, env: { PATH: `${home}:/usr/bin:/bin`, STORE: join(home, 'store') } }
}

/** Docker's protocol: a verb, input on stdin, JSON on stdout, words and status 1 for "none". */
const HELPER = `#!/bin/sh
input=$(cat)
mkdir -p "$STORE"
case "$1" in
  store) printf %s "$input" > "$STORE/login" ;;
  get) cat "$STORE/login" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
  erase) rm -f "$STORE/login" ;;
esac
`

const storeOf = ({ home, file, env }: Person, more: string[] = []) =>
  openCredentials({ files: [file, ...more], env, home })

const encoded = (text: string) => Buffer.from(text).toString('base64')

test.each([
  [
    'the host',
    { 'ghcr.io': { auth: encoded('ann:a:b') } },
    'ghcr.io',
    { username: 'ann', password: 'a:b' },
  ],
  [
    'a host with scheme and path',
    { 'https://ghcr.io/v2/': { auth: encoded('ann:x') } },
    'ghcr.io',
    { username: 'ann', password: 'x' },
  ],
  [
    'Docker Hub’s old name',
    { 'https://index.docker.io/v1/': { auth: encoded('ann:x') } },
    'docker.io',
    { username: 'ann', password: 'x' },
  ],
  [
    'name and password apart',
    { a: { username: 'ann', password: 'x' } },
    'a',
    { username: 'ann', password: 'x' },
  ],
  [
    'an identity token',
    { a: { auth: '', identitytoken: 'tok' } },
    'a',
    { username: '', password: 'tok', identityToken: 'tok' },
  ],
  ['a key of every object', {}, 'constructor', undefined],
  ['another port', { 'a:1': { auth: encoded('ann:x') } }, 'a:2', undefined],
  ['an entry of nothing', { a: {} }, 'a', undefined],
  ['an entry that is no object', { a: 'x' }, 'a', undefined],
  ['what is no base64 of a login', { a: { auth: 'AAAA' } }, 'a', undefined],
])('a login is found under %s', async (_, auths, host, want) => {
  expect(await storeOf(person({ auths })).find(host)).toEqual(want)
})

test('the file of Docker is asked after that of Helm', async () => {
  const someone = person({ auths: { a: { auth: encoded('helm:1') } } })
  const docker = join(someone.home, 'docker.json')
  writeFileSync(
    docker,
    JSON.stringify({
      auths: { a: { auth: encoded('docker:2') }, b: { auth: encoded('docker:3') } },
    }),
  )
  const store = storeOf(someone, [docker])
  expect(await store.find('a')).toEqual({ username: 'helm', password: '1' })
  expect(await store.find('b')).toEqual({ username: 'docker', password: '3' })
})

test('a login is written for its owner alone, beside what else the file holds', async () => {
  const someone = person({ auths: { b: { auth: 'x' } }, HttpHeaders: { k: 'v' } })
  expect(await storeOf(someone).save('a', { username: 'ann', password: 'pw' })).toEqual({
    file: someone.file,
  })
  expect(JSON.parse(readFileSync(someone.file, 'utf8'))).toEqual({
    auths: { b: { auth: 'x' }, a: { auth: encoded('ann:pw') } },
    HttpHeaders: { k: 'v' },
  })
  expect(statSync(someone.file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(someone.home, 'registry'))).toEqual(['config.json'])
})

test('a folder that is made for logins is the owner’s alone', async () => {
  const someone = person()
  await storeOf(someone).save('a', { username: 'ann', password: 'pw' })
  expect(statSync(join(someone.home, 'registry')).mode & 0o777).toBe(0o700)
})

test('twenty logins at once are all kept', async () => {
  const someone = person()
  const hosts = Array.from({ length: 20 }, (_, at) => `host-${at}`)
  await Promise.all(
    hosts.map((host) => storeOf(someone).save(host, { username: host, password: 'pw' })),
  )
  const { auths } = JSON.parse(readFileSync(someone.file, 'utf8')) as { auths: object }
  expect(Object.keys(auths).sort()).toEqual([...hosts].sort())
})

test('a file that is no JSON is neither used nor overwritten', async () => {
  const someone = person('{"auths": ')
  await expect(storeOf(someone).find('a')).rejects.toThrow('is no JSON object')
  await expect(storeOf(someone).save('a', { username: 'a', password: 'b' })).rejects.toThrow(
    'is no JSON object',
  )
  expect(readFileSync(someone.file, 'utf8')).toBe('{"auths": ')
})

test('a symbolic link is followed inside the home, and not out of it', async () => {
  const inside = person()
  mkdirSync(join(inside.home, 'registry'))
  writeFileSync(join(inside.home, 'dotfiles.json'), '{}')
  symlinkSync('../dotfiles.json', inside.file)
  await storeOf(inside).save('a', { username: 'ann', password: 'pw' })
  expect(readFileSync(join(inside.home, 'dotfiles.json'), 'utf8')).toContain('auths')

  const outside = person()
  const target = join(temporaryFolder(), 'elsewhere.json')
  writeFileSync(target, '{}')
  mkdirSync(join(outside.home, 'registry'))
  symlinkSync(target, outside.file)
  await expect(storeOf(outside).save('a', { username: 'ann', password: 'pw' })).rejects.toThrow(
    'is a link that leaves',
  )
  expect(readFileSync(target, 'utf8')).toBe('{}')
})

test.each([
  ['credsStore', { credsStore: 'test' }],
  ['credHelpers', { credHelpers: { a: 'test' }, credsStore: 'absent' }],
])('a login goes to the helper that %s names, and not into the file', async (_, config) => {
  const someone = person(config)
  const store = storeOf(someone)
  const login = { username: 'ann', password: 'pw' }
  expect(await store.find('a')).toBeUndefined()
  expect(await store.save('a', login)).toEqual({ helper: 'test' })
  expect(JSON.parse(readFileSync(join(someone.home, 'store', 'login'), 'utf8'))).toEqual({
    ServerURL: 'a',
    Username: 'ann',
    Secret: 'pw',
  })
  expect(JSON.parse(readFileSync(someone.file, 'utf8'))).toEqual(config)
  expect(await store.find('a')).toEqual(login)
  expect(await store.remove('a')).toBe(true)
  expect(await store.find('a')).toBeUndefined()
  expect(await store.remove('a')).toBe(false)
})

test.each([
  ['is not there', 'absent', /docker-credential-absent" failed: .*ENOENT/],
  ['has a path for a name', '../test', /its name is not one/],
  ['has a command for a name', 'test; rm -rf /', /its name is not one/],
])('a helper that %s is an error', async (_, name, message) => {
  await expect(storeOf(person({ credsStore: name })).find('a')).rejects.toThrow(message)
})
