import { expect, test } from 'vitest'
import {
  judgeNginxAnnotation,
  judgeNginxPath,
  nginxAnnotationNames,
} from '../../../src/lint/nginx-annotations.ts'

function outcomeOf(name: string, value: string, others: Record<string, string> = {}): string {
  const annotations = new Map([...Object.entries(others), [name, value]])
  const context = { namespace: 'shop', annotations, allowSnippets: false }
  return judgeNginxAnnotation(name, value, context).outcome
}

// The counts are those of Traefik 3.7.9's page on the provider.
test('every annotation that Traefik documents is known, once', () => {
  const { supported, unsupported } = nginxAnnotationNames()
  expect({ supported: supported.length, unsupported: unsupported.length }).toEqual({
    supported: 86,
    unsupported: 45,
  })
  expect(supported.filter((name) => unsupported.includes(name))).toEqual([])
})

test('what is not supported, or differs, says what that means', () => {
  const { supported, unsupported } = nginxAnnotationNames()
  const context = { namespace: 'shop', annotations: new Map<string, string>(), allowSnippets: true }
  const silent = [...supported, ...unsupported].filter((name) => {
    const { outcome, note } = judgeNginxAnnotation(name, 'x', context)
    return (outcome === 'supported') !== (note === '')
  })
  expect(silent).toEqual([])
})

// What is refused is what Traefik 3.7.9's build.go skips with an error.
test.each([
  ['rewrite-target', '/$2', {}, 'supported'],
  ['limit-rps', '5', {}, 'limited'],
  ['denylist-source-range', '192.0.2.0/24', {}, 'ignored'],
  ['invented', 'x', {}, 'ignored'],
  ['load-balance', 'ewma', {}, 'ignored'],
  ['affinity-mode', 'persistent', {}, 'supported'],
  ['affinity-mode', 'balanced', {}, 'ignored'],
  ['affinity-canary-behavior', 'legacy', {}, 'ignored'],
  ['proxy-http-version', '1.0', {}, 'ignored'],
  ['backend-protocol', 'grpcs', {}, 'supported'],
  ['backend-protocol', 'FCGI', {}, 'ignored'],
  ['configuration-snippet', 'deny all;', {}, 'refused'],
  ['auth-type', 'basic', { 'auth-secret': 'users' }, 'supported'],
  ['auth-type', 'basic', {}, 'refused'],
  ['auth-type', 'ntlm', { 'auth-secret': 'users' }, 'refused'],
  ['auth-secret', 'shop/users', {}, 'supported'],
  ['auth-secret', 'other/users', {}, 'refused'],
  ['auth-secret', 'a/b/c', {}, 'refused'],
  ['auth-secret-type', 'auth-map', {}, 'supported'],
  ['auth-secret-type', 'map', {}, 'refused'],
  ['auth-tls-secret', 'shop/ca', {}, 'supported'],
  ['auth-tls-secret', 'ca', {}, 'refused'],
  ['proxy-ssl-secret', 'shop/ca', { 'backend-protocol': 'HTTPS' }, 'supported'],
  ['proxy-ssl-secret', 'other/ca', { 'backend-protocol': 'HTTPS' }, 'refused'],
  ['proxy-ssl-secret', 'other/ca', {}, 'ignored'],
  ['custom-headers', 'shop/headers', {}, 'limited'],
  ['custom-headers', 'headers', {}, 'refused'],
])('%s: %s beside %j is %s', (name, value, others, wanted) => {
  expect(outcomeOf(name, value, others)).toBe(wanted)
})

test.each([
  ['/', 'Prefix', 'supported'],
  ['/API/v1.2/some_thing-else', 'Exact', 'supported'],
  ['/api(/|$)(.*)', 'Prefix', 'refused'],
  ['/api(/|$)(.*)', 'ImplementationSpecific', 'supported'],
  ['', 'Prefix', 'supported'],
])('the path %s of type %s is %s', (path, pathType, wanted) => {
  expect(judgeNginxPath(path, pathType).outcome).toBe(wanted)
})
