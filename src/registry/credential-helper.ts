import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { requirePackage } from '../base/lazy.ts'
import type { Credential } from './registry-auth.ts'

/** A program `docker-credential-NAME` that keeps logins. */
export interface CredentialHelper {
  name: string
  env: Readonly<Record<string, string | undefined>>
}

const NAME = /^[\w.-]{1,64}$/
const TIME = 30_000
const MOST = 1024 * 1024

/**
 * Asks a helper for the login of a server.
 *
 * @returns undefined when it has none
 * @throws PkgError CREDENTIALS_UNREADABLE
 */
export async function askHelper(
  helper: CredentialHelper,
  server: string,
): Promise<Credential | undefined> {
  const { code, output } = await run(helper, 'get', server)
  const text = output.toString('utf8').trim()
  if (code !== 0) {
    if (/not found|no credentials/i.test(text)) return undefined
    throw failure(helper, `it ended with ${code}`)
  }
  const answer = parseJson(output)
  if (!isJsonObject(answer)) throw failure(helper, 'its answer is no JSON')
  const { Username: username, Secret: password } = answer
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw failure(helper, 'its answer has no Username and Secret')
  }
  return username === '<token>' || username === ''
    ? { username: '', password, identityToken: password }
    : { username, password }
}

/** Hands a login to a helper. @throws PkgError CREDENTIALS_UNREADABLE */
export async function storeInHelper(
  helper: CredentialHelper,
  server: string,
  { username, password, identityToken }: Credential,
): Promise<void> {
  const login = {
    ServerURL: server,
    Username: identityToken === undefined ? username : '<token>',
    Secret: identityToken ?? password,
  }
  const { code } = await run(helper, 'store', JSON.stringify(login))
  if (code !== 0) throw failure(helper, `it ended with ${code}`)
}

/** Takes a login away from a helper; one that is not there is no failure. */
export async function eraseInHelper(helper: CredentialHelper, server: string): Promise<void> {
  await run(helper, 'erase', server)
}

interface Result {
  code: number | null
  output: Buffer
}

/** The program's words may hold secrets; none of them gets into a message. */
function run(helper: CredentialHelper, verb: string, input: string): Promise<Result> {
  const { name, env } = helper
  if (!NAME.test(name)) throw failure(helper, 'its name is not one')
  const { spawn } = requirePackage('node:child_process') as typeof import('node:child_process')
  return new Promise((resolve, reject) => {
    const program = spawn(`docker-credential-${name}`, [verb], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: TIME,
      killSignal: 'SIGKILL',
    })
    const chunks: Buffer[] = []
    let size = 0
    program.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MOST) program.kill('SIGKILL')
      else chunks.push(chunk)
    })
    program.on('error', ({ message }) => reject(failure(helper, message)))
    program.on('close', (code) => resolve({ code, output: Buffer.concat(chunks) }))
    // A program that ends without reading breaks the pipe; its exit status tells the rest.
    program.stdin.on('error', () => {})
    program.stdin.end(input)
  })
}

function failure({ name }: CredentialHelper, reason: string): PkgError {
  return new PkgError(
    'CREDENTIALS_UNREADABLE',
    `the credential helper "docker-credential-${name}" failed: ${reason}`,
    { hint: 'Install it, or take it out of credsStore and credHelpers in config.json.' },
  )
}
