import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']

/** Makes `ca.crt` and `ca.key` in a folder: the authority that all of a plane's parties trust. */
export async function makeAuthority(folder) {
  await openssl(folder, 'ca', ['-subj', '/CN=kubectl-pkg test authority'])
}

/**
 * Makes `<name>.crt` and `<name>.key` in a folder, signed by the authority there.
 *
 * @param who `user` and `groups` for a client, `hosts` (`IP:127.0.0.1`, `DNS:localhost`) for a server
 */
export async function makeCertificate(folder, name, { user, groups = [], hosts = [] }) {
  const subject = [...groups.map((group) => `/O=${group}`), `/CN=${user}`].join('')
  const usage = hosts.length > 0 ? 'serverAuth' : 'clientAuth'
  await openssl(folder, name, [
    ...['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key')],
    ...['-subj', subject, '-addext', `extendedKeyUsage=${usage}`],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    ...(hosts.length > 0 ? ['-addext', `subjectAltName=${hosts.join(',')}`] : []),
  ])
}

async function openssl(folder, name, args) {
  const out = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)]
  await run('openssl', ['req', '-x509', '-days', '30', ...KEY, ...out, ...args])
}
