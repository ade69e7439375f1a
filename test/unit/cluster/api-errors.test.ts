import { expect, test } from 'vitest'
import { apiError, hasReason } from '../../../src/cluster/api-errors.ts'
import { statusBody } from '../../support/api-server.ts'

const SUBJECT = { verb: 'apply', label: 'Deployment/web' }

function answer(status: number, body: string) {
  return { status, headers: {}, body }
}

function invalid(message: string, ...causes: object[]): string {
  return JSON.stringify({ kind: 'Status', reason: 'Invalid', message, details: { causes } })
}

// Texts as kube-apiserver 1.35 sends them.
test.each([
  {
    status: 401,
    body: statusBody(401, 'Unauthorized', 'Unauthorized'),
    code: 'NOT_AUTHENTICATED',
    exit: 8,
  },
  {
    status: 403,
    body: statusBody(403, 'Forbidden', 'pods is forbidden'),
    code: 'FORBIDDEN',
    exit: 8,
  },
  {
    status: 403,
    body: JSON.stringify({
      kind: 'Status',
      reason: 'Forbidden',
      message:
        'configmaps "a" is forbidden: unable to create new content in namespace x because it is being terminated',
      details: {
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace x is being terminated',
            field: 'metadata.namespace',
          },
        ],
      },
    }),
    code: 'NAMESPACE_MISSING',
    exit: 1,
  },
  {
    status: 404,
    body: JSON.stringify({
      kind: 'Status',
      reason: 'NotFound',
      message: 'namespaces "x" not found',
      details: { kind: 'namespaces' },
    }),
    code: 'NAMESPACE_MISSING',
    exit: 1,
  },
  { status: 404, body: '404 page not found\n', code: 'KIND_UNKNOWN', exit: 8 },
  {
    status: 409,
    body: statusBody(409, 'AlreadyExists', 'it exists'),
    code: 'OBJECT_EXISTS',
    exit: 4,
  },
  {
    status: 409,
    body: statusBody(409, 'Conflict', 'the object has been modified'),
    code: 'OBJECT_CHANGED',
    exit: 4,
  },
  {
    status: 413,
    body: statusBody(413, 'RequestEntityTooLarge', 'limit is 3145728'),
    code: 'OBJECT_INVALID',
    exit: 8,
  },
  { status: 429, body: '', code: 'CLUSTER_UNREACHABLE', exit: 7 },
  {
    status: 500,
    body: statusBody(500, 'InternalError', 'etcdserver: leader changed'),
    code: 'CLUSTER_FAILED',
    exit: 7,
  },
  {
    status: 500,
    body: statusBody(
      500,
      'InternalError',
      'Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://check.shop.svc:443/?timeout=10s": context deadline exceeded',
    ),
    code: 'WEBHOOK_FAILED',
    exit: 7,
  },
  {
    status: 500,
    body: statusBody(
      500,
      '',
      'failed to create typed patch object (a/web): .spec.x: field not declared in schema',
    ),
    code: 'OBJECT_INVALID',
    exit: 8,
  },
  {
    status: 500,
    body: statusBody(500, '', 'duplicate nodePort: {TCP 32011}'),
    code: 'OBJECT_INVALID',
    exit: 8,
  },
  {
    status: 503,
    body: '<html><head><title>503 Service\n Unavailable</title></head></html>',
    code: 'CLUSTER_UNREACHABLE',
    exit: 7,
  },
])('$status is $code', ({ status, body, code, exit }) => {
  expect(apiError(answer(status, body), SUBJECT)).toMatchObject({ code, exit })
})

test.each([
  {
    body: '<html><head><title>502 Bad Gateway</title></head><body>x</body></html>',
    text: 'the server answered 502 with a web page: 502 Bad Gateway',
  },
  { body: '', text: 'the server answered 502' },
  { body: 'upstream connect error\nmore', text: 'the server answered 502: upstream connect error' },
  {
    body: '{"kind":"Status","message":"no"',
    text: 'the server answered 502: {"kind":"Status","message":"no"',
  },
])('what is no Status is told in one line: $text', ({ body, text }) => {
  const { message } = apiError(answer(502, body), SUBJECT)
  expect(message).toBe(`cannot apply Deployment/web: ${text}`)
})

test('every field that is wrong has a line', () => {
  const body = invalid(
    'Deployment.apps "web" is invalid: …',
    {
      reason: 'FieldValueInvalid',
      field: 'spec.replicas',
      message: 'Invalid value: -1: must be greater than or equal to 0',
    },
    {
      reason: 'FieldValueRequired',
      field: 'spec.template.spec.volumes[0].secret.secretName',
      message: 'Required value',
    },
  )
  expect(apiError(answer(422, body), SUBJECT)).toMatchObject({
    code: 'OBJECT_INVALID',
    message: 'cannot apply Deployment/web: the API server does not accept it',
    details: [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.template.spec.volumes[0].secret.secretName: Required value',
    ],
  })
})

test.each([
  'field is immutable',
  "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals' are forbidden",
  'Forbidden: spec is immutable after creation except resources.requests',
  'Invalid value: "x": may not change once set',
  'Invalid value: {"apiGroup":"x"}: cannot change roleRef',
  'Forbidden: may not be changed in an update.',
  'Forbidden: updates to parameters are forbidden.',
  'Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
])('%s means that the object has to be made anew', (message) => {
  const cause = { field: 'spec', message }
  expect(apiError(answer(422, invalid('', cause)), SUBJECT).code).toBe('FIELD_IMMUTABLE')
  const other = { field: 'spec.x', message: 'Required value' }
  expect(apiError(answer(422, invalid('', cause, other)), SUBJECT).code).toBe('OBJECT_INVALID')
})

test.each([
  {
    message:
      'Invalid value: {"labels":{"a":"b"},"Spec":{"Env":[{"Name":"KEY","Value":"canary"}]}}: field is immutable',
    line: 'spec.template: Invalid value: field is immutable',
  },
  {
    message: 'Invalid value: core.PodTemplateSpec{Spec:core.PodSpec{}}: field is immutable',
    line: 'spec.template: Invalid value: field is immutable',
  },
  {
    message:
      'Forbidden: spec is immutable after creation\n@@ -1,2 +1,2 @@\n- "Value": "canary",\n+ "Value": "b",\n',
    line: 'spec.template: Forbidden: spec is immutable after creation',
  },
  {
    message: 'Invalid value: "1.2.3": field is immutable',
    line: 'spec.template: Invalid value: "1.2.3": field is immutable',
  },
])('a whole object is not quoted: $message', ({ message, line }) => {
  const body = invalid('', { field: 'spec.template', message })
  expect(apiError(answer(422, body), SUBJECT).details).toEqual([line])
})

test.each([
  ['pods is forbidden: User "a" cannot list resource "pods"', /^Ask for the right/],
  ['configmaps "a" is forbidden: exceeded quota: q, requested: configmaps=1', /quota raised/],
  ['pods "a" is forbidden: violates PodSecurity "restricted:latest"', /^A rule of the cluster/],
  ['admission webhook "x.test" denied the request: no', /^A rule of the cluster/],
])('the hint knows why: %s', (message, hint) => {
  expect(apiError(answer(403, statusBody(403, 'Forbidden', message)), SUBJECT).hint).toMatch(hint)
})

test('fields in conflict are read with their managers', () => {
  const conflict = (field: string, message: string): object => ({
    reason: 'FieldManagerConflict',
    field,
    message,
  })
  const body = invalid(
    'Apply failed with 3 conflicts',
    conflict('.spec.replicas', 'conflict with "kubectl" with subresource "scale" using apps/v1'),
    conflict('.data.a', 'conflict with "a \\"b\\"" using v1 at 2026-01-02T03:04:05Z'),
    conflict('.data.b', 'conflict with "other"'),
  )
  expect(apiError(answer(409, body), SUBJECT)).toMatchObject({
    code: 'FIELD_CONFLICT',
    exit: 4,
    conflicts: [
      { field: '.spec.replicas', manager: 'kubectl', operation: 'Update' },
      { field: '.data.a', manager: 'a "b"', operation: 'Update' },
      { field: '.data.b', manager: 'other', operation: 'Apply' },
    ],
  })
})

test('values of Secrets, and below keys that name secrets, are not shown', () => {
  const causes = [
    { field: 'type', message: 'Invalid value: "hunter2": field is immutable' },
    { field: 'data[hunter2 key]', message: 'Invalid value: "x": a valid key must consist of …' },
  ]
  const secret = apiError(
    answer(
      422,
      invalid('Secret "s" is invalid: type: Invalid value: "hunter2"', ...causes.slice(0, 1)),
    ),
    {
      verb: 'apply',
      label: 'Secret/s',
      isSecret: true,
    },
  )
  const keyed = apiError(
    answer(
      422,
      invalid('', { field: 'spec.password', message: 'Invalid value: "hunter2": too short' }),
    ),
    SUBJECT,
  )
  const denied = apiError(
    answer(
      400,
      statusBody(
        400,
        'BadRequest',
        'denied: {"password":"hunter2","a":1} token: hunter2 Bearer eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln',
      ),
    ),
    SUBJECT,
  )
  expect([secret.details, keyed.details]).toEqual([
    ['type: Invalid value: field is immutable'],
    ['spec.password: Invalid value: too short'],
  ])
  for (const error of [secret, keyed, denied]) {
    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/hunter2|eyJ/)
  }
})

test('the reason of a Status is found, and nothing else is taken for one', () => {
  expect(hasReason(answer(404, statusBody(404, 'NotFound', 'x')), 'NotFound')).toBe(true)
  expect(hasReason(answer(404, 'NotFound'), 'NotFound')).toBe(false)
  expect(hasReason(answer(404, '{"kind":"List","reason":"NotFound"}'), 'NotFound')).toBe(false)
})

test.each([
  {
    body: invalid('Service "a" is invalid: provided port is already allocated', {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: 31777: provided port is already allocated',
      field: 'spec.ports[0].nodePort',
    }),
    status: 422,
    hint: /^Another Service has this nodePort/,
  },
  {
    body: statusBody(500, '', 'duplicate nodePort: {TCP 32011}'),
    status: 500,
    hint: /^Another Service has this nodePort/,
  },
  {
    body: invalid(
      "services \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: no nines",
    ),
    status: 422,
    hint: /^A rule of the cluster refuses the object/,
  },
  {
    body: invalid(
      'Service "a" is invalid: spec.clusterIPs: Invalid value: ["10.96.38.89"]: failed to allocate IP 10.96.38.89: provided IP is already allocated',
    ),
    status: 422,
    hint: /^Another Service has this clusterIP/,
  },
])('a refused object has the advice that fits: $hint', ({ body, status, hint }) => {
  const error = apiError(answer(status, body), { verb: 'apply', label: 'Service/a' })
  expect(error.code).toBe('OBJECT_INVALID')
  expect(error.message).toMatch(/^cannot apply Service\/a: /)
  expect(error.hint).toMatch(hint)
})

test('a value of the wrong type is named without the words of Go, and one of a Secret not at all', () => {
  const path = 'failed to create typed patch object (a/web; /v1, Kind=ConfigMap): .data.a: '
  const message = `${path}expected string, got &value.valueUnstructured{Value:1}`
  const told = apiError(answer(500, statusBody(500, '', message)), SUBJECT)
  expect(told.message).toBe(`cannot apply Deployment/web: ${path}expected string, got 1`)
  expect(told.hint).toContain('with "quote"')
  const hidden = apiError(answer(500, statusBody(500, '', message)), { ...SUBJECT, isSecret: true })
  expect(hidden.message).toMatch(/expected string, got something else$/)
})

test('what a server says several times is told once', () => {
  const cause = {
    reason: 'FieldValueInvalid',
    message: 'Invalid value: "b c"',
    field: 'metadata.labels',
  }
  const error = apiError(answer(422, invalid('ConfigMap "a" is invalid', cause, cause)), SUBJECT)
  expect(error.details).toEqual(['metadata.labels: Invalid value: "b c"'])
})
