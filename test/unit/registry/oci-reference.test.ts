import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { parseImageName } from '../../../src/bundle/collect.ts'
import {
  formatOciReference,
  isHost,
  parseOciReference,
} from '../../../src/registry/oci-reference.ts'
import { versionsOfTags } from '../../../src/registry/oci-tags.ts'

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

test.each([
  [
    'oci://ghcr.io/acme/web',
    { registry: 'ghcr.io', repository: 'acme/web', tag: undefined, digest: undefined },
  ],
  [
    'ghcr.io/acme/web:1.2.3',
    { registry: 'ghcr.io', repository: 'acme/web', tag: '1.2.3', digest: undefined },
  ],
  [
    'oci://localhost:5000/web:1.0.0+b.1',
    { registry: 'localhost:5000', repository: 'web', tag: '1.0.0_b.1', digest: undefined },
  ],
  [
    `oci://[::1]:5000/a/b/c@${DIGEST}`,
    { registry: '[::1]:5000', repository: 'a/b/c', tag: undefined, digest: DIGEST },
  ],
  [
    `oci://ghcr.io:443/a_b/c__d/e-f.g:v1@${DIGEST}`,
    { registry: 'ghcr.io:443', repository: 'a_b/c__d/e-f.g', tag: 'v1', digest: DIGEST },
  ],
])('%s is read', (text, want) => {
  expect(parseOciReference(text)).toEqual(want)
})

test.each([
  ['no repository', 'oci://ghcr.io'],
  ['no host', 'oci:///web'],
  ['a user', 'oci://user:pw@ghcr.io/web'],
  ['a user in the host', 'oci://user@ghcr.io/web:1'],
  ['a path that leads up', 'oci://ghcr.io/../admin'],
  ['an escaped slash', 'oci://ghcr.io/a%2fb'],
  ['a query', 'oci://ghcr.io/web?x=1'],
  ['a fragment', 'oci://ghcr.io/web#x'],
  ['two slashes', 'oci://ghcr.io//web'],
  ['a slash at the end', 'oci://ghcr.io/web/'],
  ['upper case', 'oci://ghcr.io/Web'],
  ['a backslash', 'oci://ghcr.io\\evil.net/web'],
  ['a line break', 'oci://ghcr.io/web:1\nX: y'],
  ['a blank', 'oci://ghcr.io/we b'],
  ['another port', 'oci://ghcr.io:99999/web'],
  ['a tag of other signs', 'oci://ghcr.io/web:1/2'],
  ['a tag of 129', `oci://ghcr.io/web:${'a'.repeat(129)}`],
  ['a repository of 256', `oci://ghcr.io/${'a'.repeat(256)}`],
  ['an empty tag', 'oci://ghcr.io/web:'],
  ['a digest cut short', `oci://ghcr.io/web@${DIGEST.slice(0, -1)}`],
  ['a digest in upper case', `oci://ghcr.io/web@${DIGEST.toUpperCase()}`],
  ['another digest', `oci://ghcr.io/web@sha512:${'a'.repeat(128)}`],
])('a reference with %s is refused', (_, text) => {
  expect(() => parseOciReference(text)).toThrow(
    expect.objectContaining({ code: 'OCI_REFERENCE_INVALID' }),
  )
})

test('whatever is read leads to the host that was written, and is written as it was read', () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,5}([._-][a-z0-9]{1,3})?$/)
  const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}$/), { nil: undefined })
  fc.assert(
    fc.property(
      fc.domain(),
      fc.array(part, { minLength: 1, maxLength: 4 }),
      tag,
      (host, parts, version) => {
        const reference = {
          registry: host,
          repository: parts.join('/'),
          tag: version,
          digest: undefined,
        }
        expect(parseOciReference(formatOciReference(reference))).toEqual(reference)
      },
    ),
  )
})

test('any text is read or refused, and what is read makes a URL of its own host', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(
          'a',
          'Z',
          '0',
          '.',
          ':',
          '/',
          '@',
          '+',
          '_',
          '-',
          '%',
          '?',
          '#',
          '[',
          ']',
          '\\',
          ' ',
          '\n',
        ),
      }),
      (text) => {
        try {
          const { registry, repository } = parseOciReference(text)
          const url = new URL(`https://${registry}/v2/${repository}/tags/list`)
          expect(url.pathname).toBe(`/v2/${repository}/tags/list`)
          expect([url.host, `${url.host}:443`]).toContain(registry.toLowerCase())
        } catch (error) {
          if (!(error instanceof PkgError)) throw error
        }
      },
    ),
    { numRuns: 2000 },
  )
})

test.each([
  ['ghcr.io', true],
  ['localhost:5000', true],
  ['', false],
  ['a/b', false],
  ['user@a', false],
  ['a?b', false],
  ['https://a', false],
])('%j is a host: %s', (text, want) => {
  expect(isHost(text)).toBe(want)
})

// As container runtimes read names: distribution/reference, `ParseNormalizedNamed`.
test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['acme/web', 'docker.io/acme/web:latest'],
  ['localhost/web', 'localhost/web:latest'],
  ['localhost:5000/web:1', 'localhost:5000/web:1'],
  ['quay.io/ceph/ceph:v19', 'quay.io/ceph/ceph:v19'],
  [`nginx:1.27@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
])('the image %s is %s', (name, want) => {
  expect(formatOciReference(parseImageName(name))).toBe(want)
})

// Helm 4.1.4 lists tags of three numbers only, `_` read as `+`, newest first.
test('tags that are no versions are left out', () => {
  const tags = [
    'latest',
    '1.0',
    'v1.0.0',
    '1.0.0_b2',
    '1.10.0',
    '1.9.0',
    `sha256-${'a'.repeat(64)}.sig`,
    '2.0.0-rc.1',
    '01.0.0',
  ]
  expect(versionsOfTags(tags)).toEqual(['2.0.0-rc.1', '1.10.0', '1.9.0', '1.0.0+b2'])
})
