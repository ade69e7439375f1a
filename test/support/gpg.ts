import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface GpgHome {
  folder: string
  /** Makes a key without a passphrase, or with one. */
  makeKey(userId: string, options?: { kind?: string; passphrase?: string; expires?: string }): void
  /** Exports public keys in the old format and gives the file. */
  publicRing(...keys: string[]): string
  /** Exports secret keys in the old format and gives the file. */
  secretRing(key: string, passphrase?: string): string
  /** Runs gpg and gives its output. */
  run(args: readonly string[], input?: string): Buffer
  /** Makes gpg's agent forget what was typed. */
  forgetPassphrases(): void
  close(): void
}

/** Opens a home of the real gpg in a temporary folder. */
export function openGpg(): GpgHome {
  if (spawnSync('gpg', ['--version']).error !== undefined) {
    throw new Error('gpg is not installed: apt-get install gnupg')
  }
  // The path of the agent's socket must be short.
  const folder = mkdtempSync(join(tmpdir(), 'pkg-gpg-'))
  chmodSync(folder, 0o700)
  let rings = 0
  const run = (args: readonly string[], input = ''): Buffer =>
    execFileSync('gpg', ['--homedir', folder, '--batch', '--yes', ...args], {
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  const loopback = (passphrase: string) => [
    '--pinentry-mode',
    'loopback',
    '--passphrase',
    passphrase,
  ]
  const ring = (bytes: Buffer): string => {
    const file = join(folder, `ring-${rings++}.gpg`)
    writeFileSync(file, bytes)
    return file
  }
  return {
    folder,
    run,
    makeKey(userId, { kind = 'rsa2048', passphrase = '', expires = 'never' } = {}) {
      run([...loopback(passphrase), '--quick-generate-key', userId, kind, 'sign', expires])
    },
    publicRing: (...keys) => ring(run(['--export', ...keys])),
    secretRing: (key, passphrase = '') =>
      ring(run([...loopback(passphrase), '--export-secret-keys', key])),
    forgetPassphrases() {
      execFileSync('gpgconf', ['--homedir', folder, '--kill', 'gpg-agent'])
    },
    close() {
      spawnSync('gpgconf', ['--homedir', folder, '--kill', 'all'])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
