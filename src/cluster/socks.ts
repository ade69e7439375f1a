import type { Socket } from 'node:net'
import { requirePackage } from '../base/lazy.ts'
import { percentDecoded } from '../base/percent-decoded.ts'

export interface SocksRequest {
  /** `socks5://me:password@host:1080` */
  proxy: URL
  host: string
  port: number
  /** In milliseconds. */
  limit: number
}

const VERSION = 5
const NO_LOGIN = 0
const PASSWORD = 2
const CONNECT = 1
const NAME = 3
/** Lengths of the addresses that an answer may hold, by type. */
const ADDRESS_LENGTHS: Readonly<Record<number, number>> = { 1: 4, 4: 16 }

/**
 * Opens a connection through a SOCKS proxy, which looks the name up itself.
 *
 * Source: RFC 1928 and RFC 1929.
 *
 * @throws Error with the reason; never with the password
 */
export async function openSocks({ proxy, host, port, limit }: SocksRequest): Promise<Socket> {
  const { connect } = requirePackage('node:net') as typeof import('node:net')
  const socket = connect(Number(proxy.port || 1080), proxy.hostname.replace(/^\[(.*)\]$/, '$1'))
  const timer = setTimeout(() => socket.destroy(new Error('it does not answer')), limit)
  try {
    await agree(socket, proxy, { host, port })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function agree(
  socket: Socket,
  { username, password }: URL,
  { host, port }: { host: string; port: number },
): Promise<void> {
  const login = username === '' ? NO_LOGIN : PASSWORD
  socket.write(Buffer.from([VERSION, 1, login]))
  const [, chosen] = await read(socket, 2)
  if (chosen !== login) throw new Error('it wants another way to log in')
  if (login === PASSWORD) {
    const name = percentDecoded(username)
    const word = percentDecoded(password)
    socket.write(
      Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([word.length]), word]),
    )
    const [, status] = await read(socket, 2)
    if (status !== 0) throw new Error('it does not accept the login')
  }
  const name = Buffer.from(host)
  const place = Buffer.from([port >> 8, port & 0xff])
  socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0, NAME, name.length]), name, place]))
  const [, reply, , type = 0] = await read(socket, 4)
  if (reply !== 0) throw new Error(`it answered ${reply}`)
  const length = type === NAME ? ((await read(socket, 1))[0] ?? 0) : (ADDRESS_LENGTHS[type] ?? 0)
  await read(socket, length + 2)
}

/** Takes bytes of the answer; what came beyond them stays for the next reader. */
function read(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0)
    const settle = (): void => {
      socket.off('data', take).off('error', fail).off('close', close).pause()
    }
    const take = (chunk: Buffer): void => {
      held = Buffer.concat([held, chunk])
      if (held.length < count) return
      settle()
      if (held.length > count) socket.unshift(held.subarray(count))
      resolve(held.subarray(0, count))
    }
    const fail = (error: Error): void => {
      settle()
      reject(error)
    }
    const close = (): void => fail(new Error('it ended the connection'))
    socket.on('data', take).on('error', fail).on('close', close).resume()
  })
}
