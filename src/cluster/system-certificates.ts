import { readFileSync } from 'node:fs'
import { isSystemError } from '../base/files.ts'

/** Where systems keep the certificates that they trust. Source: Go 1.25 crypto/x509/root_linux.go. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/**
 * Certificates that this machine trusts, as PEM; undefined where they are in no known file.
 * kubectl trusts them, while Node has a list of its own.
 */
export function readSystemCertificates(): string | undefined {
  for (const path of BUNDLES) {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if (!isSystemError(error)) throw error
    }
  }
  return undefined
}
