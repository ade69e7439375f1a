import { createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/base/json.ts'
import { freePorts } from '../../support/free-ports.ts'
import { at } from '../../support/gates.ts'
import { loadAddOn, renderAddOn } from '../../support/render-add-on.ts'
import { eventuallyGiven, start, type Running } from '../processes.ts'
import { dexPrograms } from './programs.mjs'
import { startSlapd, type Directory } from './slapd.ts'

/*
 * Dex with the configuration of the chart, and people of a real directory. Of it only the
 * addresses differ, by the chart's own value for such things, and the pages that people see.
 */

const chart = loadAddOn('dex')
const home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-dex-'))
const CLIENT = { id: 'shop', secret: 'between us', back: 'http://127.0.0.1:9/back' }
let directory: Directory

beforeAll(async () => {
  directory = await startSlapd(home)
  for (const folder of ['static', 'themes/coreos', 'templates'])
    mkdirSync(join(home, 'web', folder), { recursive: true })
  for (const page of ['approval', 'error', 'login', 'oob', 'password'])
    writeFileSync(
      join(home, 'web', 'templates', `${page}.html`),
      page === 'password' ? '{{ if .Invalid }}wrong{{ end }}' : page,
    )
})
afterAll(() => rmSync(home, { recursive: true }))

test('a person of the directory logs in, and the token says who they are', async () => {
  const { issuer, program } = await startDex({ connectors: [staff()] })
  const form = await login(issuer, program)
  const token = await tokenOf(issuer, await submit(form, 'ann', 'correct horse'))
  expect(token).toMatchObject({
    iss: issuer,
    aud: CLIENT.id,
    email: 'ann@example.com',
    name: 'Ann Lee',
    groups: ['admins'],
  })
})

test('a wrong password lets nobody in', async () => {
  const { issuer, program } = await startDex({ connectors: [staff()] })
  const answer = await submit(await login(issuer, program), 'ann', 'battery staple')
  expect({ status: answer.status, page: await answer.text() }).toEqual({
    status: 200,
    page: 'wrong',
  })
})

test('a login that Dex keeps itself works', async () => {
  const { issuer, program } = await startDex({
    staticPasswords: [
      { email: 'a@example.com', username: 'a', userID: 'u1', hash: await hashOf('first try') },
    ],
  })
  const form = await login(issuer, program)
  const token = await tokenOf(issuer, await submit(form, 'a@example.com', 'first try'))
  expect(token).toMatchObject({ email: 'a@example.com', name: 'a' })
})

test('Dex takes a connector to GitHub, with a secret from a variable, and sends people there', async () => {
  const github = (issuer: string): JsonObject => ({
    type: 'github',
    id: 'gh',
    name: 'GitHub',
    config: {
      clientID: 'abc',
      clientSecret: '$GITHUB_SECRET',
      redirectURI: `${issuer}/callback`,
      orgs: [{ name: 'example', teams: ['admins'] }],
    },
  })
  const env = { GITHUB_SECRET: { secret: 'dex-github', key: 'clientSecret' } }
  const { issuer, program } = await startDex({ env }, github)
  const away = new URL(await login(issuer, program))
  expect([away.host, away.searchParams.get('client_id')]).toEqual(['github.com', 'abc'])
})

test('Dex refuses a connector whose authority is not there', async () => {
  const connector = staff()
  const config = { ...(connector['config'] as JsonObject), rootCA: '/nowhere.crt' }
  const { program } = await startDex({ connectors: [{ ...connector, config }] })
  await eventuallyGiven(
    async () => program.output().includes('open /nowhere.crt: no such file') || undefined,
    { programs: [program] },
  )
})

function staff(): JsonObject {
  return {
    type: 'ldap',
    id: 'staff',
    name: 'Staff',
    config: {
      host: directory.host,
      insecureNoSSL: true,
      bindDN: 'cn=dex,dc=example,dc=com',
      bindPW: 'reader',
      userSearch: {
        baseDN: 'ou=people,dc=example,dc=com',
        filter: '(objectClass=inetOrgPerson)',
        username: 'uid',
        idAttr: 'uid',
        emailAttr: 'mail',
        nameAttr: 'cn',
      },
      groupSearch: {
        baseDN: 'ou=teams,dc=example,dc=com',
        filter: '(objectClass=groupOfNames)',
        userAttr: 'DN',
        groupAttr: 'member',
        nameAttr: 'cn',
      },
    },
  }
}

/** Starts Dex with what the chart renders for these values. */
async function startDex(
  values: JsonObject,
  connectorOf?: (issuer: string) => JsonObject,
): Promise<{ issuer: string; program: Running }> {
  const [port = 0, telemetry = 0] = await freePorts(2)
  const issuer = `http://127.0.0.1:${port}/dex`
  const file = join(home, `values-${port}.json`)
  const given: JsonObject = {
    issuer,
    storage: { type: 'memory' },
    connectors: connectorOf === undefined ? [] : [connectorOf(issuer)],
    approvalScreen: false,
    clients: [{ id: CLIENT.id, name: 'Shop', secret: CLIENT.secret, redirectURIs: [CLIENT.back] }],
    extraConfig: {
      web: { http: `127.0.0.1:${port}` },
      telemetry: { http: `127.0.0.1:${telemetry}` },
      frontend: { dir: join(home, 'web') },
    },
    ...values,
  }
  writeFileSync(file, JSON.stringify(given))
  const { objects } = await renderAddOn(chart, { values: [file] })
  const secret = objects.find(({ kind }) => kind === 'Secret')
  const config = join(home, `config-${port}.yaml`)
  writeFileSync(config, at(secret ?? {}, 'stringData', 'config.yaml') as string)
  const env = { GITHUB_SECRET: 'of GitHub' }
  return { issuer, program: start(dexPrograms.ensure().dex, ['serve', config], { env }) }
}

/** Goes the way that a client sends a browser; gives the address that it ends at. */
async function login(issuer: string, program: Running): Promise<string> {
  const question = new URLSearchParams({
    client_id: CLIENT.id,
    redirect_uri: CLIENT.back,
    response_type: 'code',
    scope: 'openid email profile groups',
    state: 'mine',
  })
  await eventuallyGiven(
    async () => (await fetch(`${issuer}/healthz`).catch(() => undefined))?.ok || undefined,
    { programs: [program, directory.program] },
  )
  let address = `${issuer}/auth?${question.toString()}`
  for (;;) {
    const answer = await fetch(address, { redirect: 'manual' })
    const next = answer.headers.get('location')
    if (next === null) return address
    address = new URL(next, address).href
    if (!address.startsWith(issuer)) return address
  }
}

function submit(form: string, who: string, password: string): Promise<Response> {
  const body = new URLSearchParams({ login: who, password })
  return fetch(form, { method: 'POST', body, redirect: 'manual' })
}

/** Follows a login to its end, and has the code changed for a token, whose claims it gives. */
async function tokenOf(issuer: string, answer: Response): Promise<Json> {
  const approval = new URL(answer.headers.get('location') ?? '', issuer)
  const back = await fetch(approval, { redirect: 'manual' })
  const { searchParams } = new URL(back.headers.get('location') ?? '')
  expect(searchParams.get('state')).toBe('mine')
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: searchParams.get('code') ?? '',
    redirect_uri: CLIENT.back,
  })
  const authorization = `Basic ${btoa(`${CLIENT.id}:${encodeURIComponent(CLIENT.secret)}`)}`
  const given = await fetch(`${issuer}/token`, { method: 'POST', body, headers: { authorization } })
  const token = at((await given.json()) as Json, 'id_token') as string
  return claimsOf(token, (await (await fetch(`${issuer}/keys`)).json()) as { keys: JsonWebKey[] })
}

/** Gives the claims of a token that one of the keys has signed. */
function claimsOf(token: string, { keys }: { keys: JsonWebKey[] }): Json {
  const [head = '', claims = '', signature = ''] = token.split('.')
  const signed = keys.some((key) =>
    verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      createPublicKey({ key, format: 'jwk' }),
      Buffer.from(signature, 'base64url'),
    ),
  )
  expect(signed).toBe(true)
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Json
}

async function hashOf(password: string): Promise<string> {
  const { default: bcrypt } = await import('bcryptjs')
  return bcrypt.hashSync(password, 10)
}
