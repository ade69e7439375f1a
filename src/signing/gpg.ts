import type { Readable, Writable } from 'node:stream'
import { PkgError } from '../base/errors.ts'
import { requirePackage } from '../base/lazy.ts'

export interface GpgKey {
  /** Folder of GnuPG that holds the key. */
  home: string
  /** A user id, or a part of one. */
  key: string
  /** Undefined lets gpg ask for it, or take it from its agent. */
  passphrase: string | undefined
}

/** Time for a person to type a passphrase, and for a card to be found. */
const TIME = 120_000
const MOST = 16 * 1024 * 1024

/**
 * Signs a text with gpg, which alone can reach the secret keys of GnuPG 2.1 and later.
 *
 * @throws PkgError SIGNING_FAILED
 */
export async function clearSignWithGpg(text: string, key: GpgKey): Promise<string> {
  const { code, output, errors } = await run(argumentsFor(key), text, key.passphrase)
  if (code === 0) return output
  throw failed(errors.trim().split('\n').at(-1) ?? `it ended with ${code}`)
}

function argumentsFor({ home, key, passphrase }: GpgKey): string[] {
  const secret = ['--pinentry-mode', 'loopback', '--passphrase-fd', '3']
  return [
    ...['--homedir', home, '--quiet', '--no-tty', '--yes'],
    ...(passphrase === undefined ? [] : ['--batch', ...secret]),
    ...['--local-user', key, '--digest-algo', 'SHA512', '--clearsign'],
  ]
}

interface Result {
  code: number | null
  output: string
  errors: string
}

function run(args: string[], input: string, passphrase: string | undefined): Promise<Result> {
  return new Promise((resolve, reject) => {
    const { spawn } = requirePackage('node:child_process') as typeof import('node:child_process')
    const program = spawn('gpg', args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      timeout: TIME,
      killSignal: 'SIGKILL',
    })
    const [, , , secret] = program.stdio
    const output = collect(program.stdout, () => program.kill('SIGKILL'))
    const errors = collect(program.stderr, () => program.kill('SIGKILL'))
    program.on('error', ({ message }) => reject(failed(message)))
    program.on('close', (code) => resolve({ code, output: output(), errors: errors() }))
    write(program.stdin, input)
    write(secret as Writable, passphrase ?? '')
  })
}

function collect(stream: Readable, tooMuch: () => void): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > MOST) tooMuch()
    else chunks.push(chunk)
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

/** A program that ends without reading breaks the pipe; its exit status tells the rest. */
function write(stream: Writable, text: string): void {
  stream.on('error', () => {})
  stream.end(text)
}

function failed(reason: string): PkgError {
  return new PkgError('SIGNING_FAILED', `gpg cannot sign: ${reason}`, {
    hint: 'Check --key, its passphrase, and that gpg is installed.',
  })
}
