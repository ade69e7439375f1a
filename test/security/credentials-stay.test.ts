import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDownloader, type Origin } from '../../src/http/downloader.ts'
import { startRepository, type FakeRepository } from '../support/fake-repository.ts'

let own: FakeRepository
let other: FakeRepository
const AUTH = `Basic ${Buffer.from('me:canary').toString('base64')}`

beforeEach(async () => {
  own = await startRepository('127.0.0.1')
  other = await startRepository('127.0.0.2')
  for (const each of [own, other]) each.files.set('/a', 'a')
})
afterEach(async () => {
  await Promise.all([own.close(), other.close()])
})

function origin(more: Partial<Origin> = {}): Origin {
  return { url: `${own.url}/charts`, username: 'me', password: 'canary', ...more }
}

/** Who was asked for what with which credentials, in order. */
function told(): string[] {
  const label = (each: FakeRepository, name: string) =>
    each.seen.map(({ url, headers }) => `${name}${url} ${headers.authorization ?? '-'}`)
  return [...label(own, 'own'), ...label(other, 'other')]
}

/** Requests go over Node's own client, or over axios where there may be a proxy. */
const WAYS = [
  { way: 'directly', hasProxy: false },
  { way: 'by axios', hasProxy: true },
]

describe.each(WAYS)('$way', ({ hasProxy }) => {
  const downloader = openDownloader({ hasProxy, readFile: () => Buffer.alloc(0) })

  test('the repository itself gets name and password', async () => {
    await downloader.get(`${own.url}/a`, { origin: origin() })
    expect(told()).toEqual([`own/a ${AUTH}`])
  })

  test('a token goes in the place of a password', async () => {
    await downloader.get(`${own.url}/a`, { origin: origin({ token: 'canary' }) })
    expect(told()).toEqual(['own/a Bearer canary'])
  })

  test('another host gets nothing', async () => {
    await downloader.get(`${other.url}/a`, { origin: origin() })
    expect(told()).toEqual(['other/a -'])
  })

  test('another port of the host gets nothing', async () => {
    const beside = await startRepository('127.0.0.1')
    beside.files.set('/a', 'a')
    await downloader.get(`${beside.url}/a`, { origin: origin() })
    expect(beside.seen.map(({ headers }) => headers.authorization)).toEqual([undefined])
    await beside.close()
  })

  test.each([301, 302, 303, 307, 308])(
    'a redirect by %d to another host takes nothing along',
    async (status) => {
      own.files.set('/r', (response) =>
        response.writeHead(status, { location: `${other.url}/a` }).end(),
      )
      await downloader.get(`${own.url}/r`, { origin: origin() })
      expect(told()).toEqual([`own/r ${AUTH}`, 'other/a -'])
    },
  )

  test('a chain that comes back gets nothing any more', async () => {
    own.files.set('/r', (response) => response.writeHead(302, { location: `${other.url}/b` }).end())
    other.files.set('/b', (response) => response.writeHead(302, { location: `${own.url}/a` }).end())
    await downloader.get(`${own.url}/r`, { origin: origin() })
    expect(told()).toEqual([`own/r ${AUTH}`, 'own/a -', 'other/b -'])
  })

  test('a redirect on the host keeps name and password', async () => {
    own.files.set('/r', (response) => response.writeHead(302, { location: '/a' }).end())
    await downloader.get(`${own.url}/r`, { origin: origin() })
    expect(told()).toEqual([`own/r ${AUTH}`, `own/a ${AUTH}`])
  })

  test('with passCredentials every host gets them', async () => {
    await downloader.get(`${other.url}/a`, { origin: origin({ passCredentials: true }) })
    expect(told()).toEqual([`other/a ${AUTH}`])
  })

  test('name and password in the address of a repository are for it alone', async () => {
    const inUrl = { url: own.url.replace('http://', 'http://me:canary@') }
    await downloader.get(`${own.url}/a`, { origin: inUrl })
    await downloader.get(`${other.url}/a`, { origin: inUrl })
    expect(told()).toEqual([`own/a ${AUTH}`, 'other/a -'])
  })

  test.each(['file:///etc/passwd', 'data:text/plain,x', 'ftp://127.0.0.1/x'])(
    '%s is not fetched',
    async (url) => {
      await expect(downloader.get(url)).rejects.toMatchObject({ code: 'URL_REFUSED' })
    },
  )
})
