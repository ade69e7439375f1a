import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import Push from '../../../src/commands/push.ts'
import Login from '../../../src/commands/registry/login.ts'
import Logout from '../../../src/commands/registry/logout.ts'
import Tags from '../../../src/commands/tags.ts'
import { runCli } from '../../support/run-cli.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const HOST = 'registry.example'
const here = () => ({ env: { HOME: temporaryFolder() } })

test('to log out where nobody is logged in does no harm, as with Helm', async () => {
  const { code, stderr } = await runCli(Logout, [HOST], here())
  expect({ code, stderr }).toEqual({ code: 0, stderr: `Not logged in to ${HOST}\n` })
})

test.each([
  { flags: ['-u', 'ann', '--password-stdin'], stdin: '', want: 'password required' },
  { flags: ['-u', 'ann', '--password-stdin'], stdin: '\r\n', want: 'password required' },
  { flags: ['-u', 'ann'], stdin: '', want: 'password required' },
  { flags: [], stdin: '\n\n', want: 'token required' },
])('a login without a secret is not sent: $flags $stdin', async ({ flags, stdin, want }) => {
  const { code, stderr } = await runCli(Login, [HOST, ...flags], {
    ...here(),
    stdin: Buffer.from(stdin),
  })
  expect(code).toBe(1)
  expect(stderr).toContain(`Error: ${want}\n  hint: Type it, or write it to standard input`)
})

test.each([
  {
    name: 'index.yaml',
    content: 'apiVersion: v1\n',
    want: `seems to be a YAML file, but expected a gzipped archive`,
  },
  {
    name: 'web-1.0.0.tgz',
    content: '<html><body>log in</body></html>',
    want: `does not appear to be a gzipped archive; got 'text/html; charset=utf-8'`,
  },
])('what is no archive is named and not pushed: $name', async ({ name, content, want }) => {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  const { code, stderr } = await runCli(Push, [path, `oci://${HOST}/charts`], here())
  expect(code).toBe(6)
  expect(stderr).toContain(`Error: file '${path}' ${want}\n`)
})

test('tags of a chart of a repository are its versions', async () => {
  const { code, stderr } = await runCli(Tags, ['corp/web'], here())
  expect(code).toBe(1)
  expect(stderr).toContain('"kubectl pkg versions corp/web" asks a repository.')
})
