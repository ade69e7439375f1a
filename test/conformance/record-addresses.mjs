/*
 * Records which texts Helm takes for an e-mail address and for URLs, by linting a chart for
 * each, into lint/addresses.json: text to true or false.
 *
 *   node test/conformance/record-addresses.mjs
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runHelm } from '../support/oracle.mjs'

const EMAILS = [
  'a@b.cd', 'A.B@example.COM', 'a@b', 'a.b.cd', '@b.cd', 'a@', 'a@b.c', 'a@b.c1', 'a@b.1c', 'a@1.cd',
  'a@-b.cd', 'a@b-.cd', 'a@b-c.cd', 'a@b_c.cd', 'a@b..cd', 'a@.b.cd', 'a@b.cd.', 'a@b.cd..', 'a..b@c.de',
  '.a@b.cd', 'a.@b.cd', 'a b@c.de', '"a b"@c.de', '"a"b"@c.de', '""@c.de', '"a\\b"@c.de', '"(x)"@c.de',
  'a+b@c.de', "o'neil@c.de", 'a!#$%&*/=?^_`{|}~-@c.de', 'ä@b.cd', 'a@ä.cd', 'a@b.cä', '漢字@例え.テスト', '😀@b.cd',
  'a@b@c.de', 'a@b.cd ', ' a@b.cd', 'a@localhost', 'a@[127.0.0.1]', 'a@b.c~d', 'a@b~c.de', 'a@x.y.z.museum',
  'a<b@c.de>', 'Name <a@b.cd>', 'a,b@c.de', 'a@b.c-d', 'a@b.-cd', 'a@b.cd-', 'a\\tb@c.de', '"\\t a"@b.cd',
]

const URLS = [
  'https://example.com', 'http://example.com/', 'example.com', 'www.example.com', 'example', 'localhost',
  'localhost:8080', 'http://localhost', 'a b', 'a.b', 'a.', '.a', 'http://', 'http:///x', 'https://', 'ftp://a.bc',
  'tcp://a.bc:1', 'udp://a.bc', 'ws://a.bc', 'wss://a.bc', 'git://a.bc', 'ssh://a.bc', 'mailto:a@b.cd', 'a@b.cd',
  'http://u:p@a.bc', 'http://u@a.bc/p', 'http://a.bc:99999', 'http://a.bc:999999', 'http://a.bc:x', 'http://a.bc:',
  'http://1.2.3.4', 'http://256.2.3.4', 'http://1.2.3', '1.2.3.4:80', '0.0.0.0', 'http://[::1]', 'http://[::1]:80',
  'http://[fe80::1%25en0]', 'http://[1:2:3:4:5:6:7:8]', 'http://[1:2]', 'http://[::ffff:1.2.3.4]', 'http://a.bc/x y',
  'http://a.bc/%zz', 'http://a.bc/%20', 'http://a_b.cd', 'http://-a.bc', 'http://a-.bc', 'http://a--b.cd', 'http://a..bc',
  'http://ä.de', 'http://a.bc?x=1', 'http://a.bc#x', 'http://a.bc/#x', '#x', '/x', '/x.y', '//a.bc', '//a', 'a/b', 'a/b.c',
  'HTTP://A.BC', 'hTtPs://a.bc', 'http//a.bc', 'http:/a.bc', 'http:a.bc', 'x:y', 'xyz:', 'a:b:c', ':8080', '*', '**', '***',
  'https://github.com/{{x}}', 'https://a.bc/{x}', 'https://a.bc\\x', 'http://a.bc.', 'http://a.b.c.d.e.f', 'http://aa.1',
  'http://a1.2b', 'https://example.com/a/b/c?d=e&f=g#h', 'file:///x', 'file://x', 'oci://a.bc/d', 'data:x', 'http://a b.cd',
  'http://user name@a.bc', 'http://a.bc|', 'https://twitter.com/@x', 'http://www.', 'www.a', 'http://☃.net/', '中文.com', 'abcd',
]

const folder = mkdtempSync(join(tmpdir(), 'addresses-'))
try {
  const emails = record(EMAILS, (text) => `maintainers:\n  - name: x\n    email: ${text}\n`)
  const urls = record(URLS, (text) => `maintainers:\n  - name: x\n    url: ${text}\n`)
  const requests = record(URLS, (text) => `icon: ${text}\n`)
  const rows = JSON.stringify({ emails, urls, requests }, null, 2)
  writeFileSync(join(import.meta.dirname, 'lint', 'addresses.json'), `${rows}\n`)
} finally {
  rmSync(folder, { recursive: true })
}

function record(texts, fieldOf) {
  return Object.fromEntries(
    texts.map((text) => {
      const chart = join(folder, 'web')
      mkdirSync(chart, { recursive: true })
      const field = fieldOf(JSON.stringify(text))
      writeFileSync(join(chart, 'Chart.yaml'), `apiVersion: v2\nname: web\nversion: 1.0.0\n${field}`)
      const { stdout } = runHelm(['lint', chart])
      if (!stdout.includes('==> Linting')) throw new Error(`nothing said of ${text}`)
      return [text, !/\[ERROR\] Chart.yaml: invalid/.test(stdout)]
    }),
  )
}
