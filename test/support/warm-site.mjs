// A chart repository and a registry with one chart each, for the build to warm V8's code cache with.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/**
 * Serves an archive of the chart `classic` 0.1.0 as `/classic-0.1.0.tgz` and as
 * `oci://HOST/classic:0.1.0`.
 *
 * @returns its host, with the port, and what ends it
 */
export async function serveWarmSite(archive) {
  const files = new Map([
    ['/index.yaml', Buffer.from(indexOf(sha256(archive)))],
    ['/classic-0.1.0.tgz', archive],
    ...registryFiles(archive),
  ])
  const server = createServer(({ url, method, headers }, response) => {
    const body = files.get(new URL(url, 'http://warm').pathname)
    const etag = body && `"${sha256(body).slice(0, 16)}"`
    if (body === undefined) response.writeHead(404).end()
    else if (headers['if-none-match'] === etag) response.writeHead(304, { etag }).end()
    else if (/gzip/.test(headers['accept-encoding']) && url.endsWith('.yaml')) {
      response.writeHead(200, { etag, 'content-encoding': 'gzip' }).end(gzipSync(body))
    } else {
      const type = url.includes('/manifests/') ? MANIFEST : 'application/octet-stream'
      response.writeHead(200, { etag, 'content-type': type, 'content-length': body.length })
      response.end(method === 'HEAD' ? undefined : body)
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { host: `127.0.0.1:${server.address().port}`, close: () => server.close() }
}

/** As Helm and as other programs write it: texts and lists of every kind. */
function indexOf(digest) {
  const entry = (name, version) => `  - annotations:
      category: Application
      licenses: Apache-2.0
      images: |
        - name: ${name}
          image: registry.example.com/${name}:${version}
    apiVersion: v2
    appVersion: "1.${version}"
    created: "2026-01-02T03:04:05.678901234Z"
    dependencies:
    - condition: common.enabled
      name: common
      repository: https://charts.example.com
      tags:
      - one
      version: 2.x.x
    description: >-
      ${name} is a server that keeps what others need,
      made for a cluster.
    digest: ${digest}
    home: https://example.com/${name}
    icon: https://example.com/${name}.svg
    keywords:
    - ${name}
    - 'server'
    kubeVersion: '>=1.23.0-0'
    maintainers:
    - email: people@example.com
      name: The people
    name: ${name}
    sources:
    - https://example.com/${name}
    type: application
    urls:
    - classic-0.1.0.tgz
    version: ${version}
`
  const versions = ['0.1.0', '0.1.0-rc.1', '0.0.9+build.1']
  const names = ['classic', 'other', 'third']
  const charts = names.map(
    (name) => `  ${name}:\n${versions.map((version) => entry(name, version)).join('')}`,
  )
  return `apiVersion: v1\nentries:\n${charts.join('')}generated: "2026-01-02T03:04:05Z"\n`
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

function registryFiles(archive) {
  const config = Buffer.from('{"name":"classic","version":"0.1.0","apiVersion":"v2"}')
  const descriptor = (mediaType, bytes) => ({
    mediaType,
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.length,
  })
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: descriptor('application/vnd.cncf.helm.config.v1+json', config),
      layers: [descriptor('application/vnd.cncf.helm.chart.content.v1.tar+gzip', archive)],
    }),
  )
  return [
    ['/v2/', Buffer.from('{}')],
    ['/v2/classic/tags/list', Buffer.from('{"name":"classic","tags":["0.1.0","0.0.9"]}')],
    ['/v2/classic/manifests/0.1.0', manifest],
    [`/v2/classic/manifests/sha256:${sha256(manifest)}`, manifest],
    [`/v2/classic/blobs/sha256:${sha256(config)}`, config],
    [`/v2/classic/blobs/sha256:${sha256(archive)}`, archive],
  ]
}
