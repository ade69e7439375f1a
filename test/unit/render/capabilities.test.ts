import { expect, test } from 'vitest'
import { offlineCapabilities, parseKubeVersion } from '../../../src/render/capabilities.ts'

// Wanted values are what `helm template --kube-version` of Helm 4.1.4 gives.
test.each([
  { text: '1.20', version: 'v1.20', normalized: 'v1.20', major: '1', minor: '20' },
  {
    text: 'v1.20.3-gke.1',
    version: 'v1.20.3-gke.1',
    normalized: 'v1.20.3',
    major: '1',
    minor: '20',
  },
  { text: '1.2.3.4', version: 'v1.2.3.4', normalized: 'v1.2.3.4', major: '1', minor: '2' },
  { text: ' v1.2', version: 'v v1.2', normalized: 'v1.2', major: '1', minor: '2' },
  { text: '1.02', version: 'v1.02', normalized: 'v1.2', major: '1', minor: '2' },
])('$text is Kubernetes $normalized', ({ text, ...want }) => {
  expect(parseKubeVersion(text)).toEqual(want)
})

test.each([
  { text: '1', want: `invalid kube version '1': illegal version string "1"` },
  { text: 'v1', want: `invalid kube version 'v1': illegal version string "v1"` },
  {
    text: '01.2',
    want: `invalid kube version '01.2': illegal zero-prefixed version component "01" in "01.2"`,
  },
  { text: 'x', want: `invalid kube version 'x': could not parse "x" as version` },
  {
    text: '1.99999999999999999999',
    want: `invalid kube version '1.99999999999999999999': illegal non-numeric version component "99999999999999999999" in "1.99999999999999999999": strconv.ParseUint: parsing "99999999999999999999": value out of range`,
  },
])('$text is refused', ({ text, want }) => {
  expect(() => parseKubeVersion(text)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: want }),
  )
})

test('API versions that a person names come after the known ones', () => {
  const { apiVersions, kubeVersion } = offlineCapabilities({ apiVersions: ['example.com/v1'] })
  expect(apiVersions.length).toBe(58)
  expect(apiVersions.at(0)).toBe('v1')
  expect(apiVersions.at(-1)).toBe('example.com/v1')
  expect(kubeVersion.version).toBe('v1.35.0')
})
