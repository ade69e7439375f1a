import { readFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import { openTransport } from '../../src/cluster/http-transport.ts'
import type { Transport } from '../../src/cluster/transport.ts'
import { plane } from './plane.ts'

const open = new Set<Transport>()
afterAll(() => open.forEach((transport) => transport.close()))

/** Our own way to the control plane: as an administrator, or by the token given. */
export function planeTransport(token = plane().token): Transport {
  const { server, authority } = plane()
  const transport = openTransport(
    {
      server,
      tls: { ca: readFileSync(authority, 'utf8'), serverName: undefined, isUnverified: false },
      proxy: undefined,
      isCompressionOff: true,
      credentials: {
        current: async () => ({ authorization: `Bearer ${token}` }),
        renew: async () => false,
      },
      impersonation: {},
    },
    { userAgent: 'kubectl-pkg/test' },
  )
  open.add(transport)
  return transport
}
