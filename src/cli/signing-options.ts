import * as Flags from '@oclif/core/flags'
import { readFileSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'
import { openQuestions } from './ask.ts'
import { pathOf, type Io } from './io.ts'

/** Flags of commands that make provenance files. */
export const signFlags = {
  sign: Flags.boolean({
    summary: 'Write a provenance file, signed with an OpenPGP key, beside each archive.',
    helpGroup: 'SIGNING',
  }),
  key: Flags.string({
    summary: 'User id of the key to sign with, or a part of it.',
    helpGroup: 'SIGNING',
  }),
  keyring: Flags.string({
    summary: 'Keyring with the secret key; with a pubring.kbx, gpg signs.',
    helpGroup: 'SIGNING',
  }),
  'passphrase-file': Flags.string({
    summary: 'File with the passphrase of the key in its first line; - is standard input.',
    helpGroup: 'SIGNING',
  }),
}

export interface Passphrase {
  passphrase: (userId: string) => Promise<string>
  /** Whether it is known before it is asked for. */
  hasPassphrase: boolean
}

/** The passphrase of a key: from a file, from standard input, else typed when it is asked for. */
export function passphraseOf(file: string | undefined, io: Io): Passphrase {
  if (file === undefined || file === '') {
    const questions = openQuestions(io)
    return {
      passphrase: (userId) => questions.ask(`Password for key ${JSON.stringify(userId)} >  `, true),
      hasPassphrase: false,
    }
  }
  const text = file === '-' ? io.stdin() : readFileSync(pathOf(file, io))
  const [line = ''] = text.toString('utf8').split(/\r?\n/)
  return { passphrase: () => Promise.resolve(line), hasPassphrase: true }
}

/** @throws PkgError USAGE when no key is named */
export function requireKey({ key }: { key?: string | undefined }): string {
  if (key !== undefined && key !== '') return key
  throw new PkgError('USAGE', '--key is required for signing')
}
