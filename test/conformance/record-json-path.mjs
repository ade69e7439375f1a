/*
 * Records what `helm show values --jsonpath` of the real Helm prints into json-path.json.
 *
 *   node test/conformance/record-json-path.mjs
 *
 * Steps into maps with one key only, because Go takes the keys of a map in any order.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runHelm } from '../support/oracle.mjs'

const VALUES = `
name: web
port: 8080
big: 1000000
ratio: 1.5
on_: true
off_: false
none: null
empty: ""
html: "<a & b>"
"a.b": dotted
"with space": spaced
emptyList: []
emptyMap: {}
image: {repository: nginx, tag: "1.25"}
list: [1, 2, 3, 4, 5]
words: [alpha, beta, gamma]
mixed: [1, two, null, true, {a: b}, [x]]
nested: [[1, 2], [3], []]
one: {two: {three: {four: deep}}}
chain: {items: [{only: {x: 1}}]}
users:
  - {name: ann, age: 30, admin: true, tags: [a, b]}
  - {name: bob, age: 25, admin: false}
  - {name: cid, age: 35, admin: true, tags: [c], note: "it's"}
hosts:
  - {host: a.example, paths: [/, /x]}
  - {host: b.example, paths: [/y]}
`

const TEMPLATES = [
  '{.name}', '{$.name}', '{@.name}', '{name}', '.name', 'text', 'a {.name} b {.port} c', '{.name}{.port}', '{.name .port}',
  '{.port}', '{.big}', '{.ratio}', '{.on_}', '{.off_}', '{.none}', '{.empty}', '{.html}', '{.image}', '{.list}', '{.mixed}',
  '{.emptyList}', '{.emptyMap}', '{.image.tag}', '{.image.none}', '{.image.none}x', 'x{.none.y}', '{.name.x}', '{ .name }',
  "{['name']}", "{.image['tag']}", "{['image'].tag}", "{['a.b']}", "{['a\\.b']}", '{.a\\.b}', '{.with\\ space}', '{["name"]}',
  "{['with space']}", '{.list[0]}', '{.list[-1]}', '{.list[-2]}', '{.list[9]}', '{.list[-9]}', '{.list[1:3]}', '{.list[:2]}', '{.list[3:]}',
  '{.list[-2:]}', '{.list[:-1]}', '{.list[::2]}', '{.list[1:4:2]}', '{.list[0:0]}', '{.list[3:1]}', '{.list[0:9]}', '{.list[::0]}', '{.list[::-1]}',
  '{.list[*]}', '{.list[]}', '{.list[:]}', '{.list[0,2]}', '{.list[0, 2, -1]}', '{.list[x]}', '{.list[1.5]}', '{.list[-]}', '{.list[', '{.list[0]', '{.name[0]}',
  '{.words[0,1]}', '{.words[*]}', '{.mixed[*]}', '{.nested[0][1]}', '{.nested[*]}', '{.nested[*][0]}', '{.nested[0:2][0]}', '{.image[0]}',
  "{.image['repository','tag']}", "{['name','port']}", '{.one.*}', '{.one.*.*}', '{.one.two.*}', '{..four}', '{.one..four}', '{..three}', '{..none}', '{..nowhere}', '{.one..}',
  '{.chain..x}', '{.chain..}', '{....}', '{..*}..', '{.chain..*}', '{.words..}', '{.name.*}', '{.empty.*}', '{.list.*}', '{.port.*}',
  '{.users[*].name}', '{.users[0].tags[*]}', '{.users[*].tags}', '{.users[*].tags[0]}', '{.users[*].note}', '{.users[0:2].name}', '{.users[?(@.name=="ann")].age}',
  "{.users[?(@.name=='ann')].age}", '{.users[?(@.name!="ann")].name}', '{.users[?(@.age==30)].name}', '{.users[?(@.age==30.0)].name}', '{.users[?(@.age>26.5)].name}',
  '{.users[?(@.age>=30.0)].name}', '{.users[?(@.age<30.0)].name}', '{.users[?(@.age<=25.0)].name}', '{.users[?(@.admin==true)].name}', '{.users[?(@.admin!=true)].name}',
  '{.users[?(@.admin<true)].name}', '{.users[?(@.note)].name}', '{.users[?(@.tags)].name}', '{.users[?(@.tags[1])].name}', '{.users[?(@.note=="it\'s")].name}', '{.users[?(@.nowhere==1)].name}',
  '{.users[?(@.name>"b")].name}', '{.users[?(@.name=~"b")].name}', '{.users[?(@.name==)].name}', '{.users[?(@.name=="ann"].name}', '{.users[?(@.name=="ann")', '{.users[?(@.name=="ann")x]}', '{.users[?(@.name=="a)")].name}',
  '{.users[?("ann"==@.name)].age}', '{.list[?(@==2)]}', '{.list[?(@==2.0)]}', '{.list[?(@>2.5)]}', '{.words[?(@=="beta")]}', '{.words[?(@)]}', '{.mixed[?(@==1.0)]}', '{.name[?(@)]}', '{.image[?(@.tag)]}', '{.users[?(.name=="bob")].age}', '{.users[?(@.name == "bob")].age}', '{.users[?( @.name=="bob" )].age}',
  '{range .users[*]}{.name}{"\\n"}{end}', '{range .users[*]}{.name}={.age};{end}!', '{range .hosts[*]}{.host}:{range .paths[*]}{@},{end}{"\\n"}{end}end', '{range .emptyList[*]}x{end}y', '{range .emptyList[*]}{.x}{end}y',
  '{range .words[*]}{@}', '{range .words[*]}[{@}]{end}{.name}', '{end}', '{range}', '{range .nowhere}x{end}', '{range .words}{@}{end}', '{range .list[0:2]}{@}{end}{range .words[*]}{@}{end}', '{range .users[?(@.admin==true)]}{.name} {end}', '{range .users[*]}{.nowhere}{end}', '{range .one.two.*}{.four}{end}', '{range .words[*]}{range .words[*]}{@}{end}/{end}',
  '{range .emptyList[*]}{range .words[*]}{@}{end}{end}z', '{range .mixed[*]}{@};{end}', '{range .users[*]}{range .tags[*]}{@}{end}{end}',
  '{"text"}', "{'text'}", '{"a\\tb"}', '{"a\\x41\\u00e9\\101"}', '{"a\\"b"}', "{'a\\'b'}", '{"a\'b"}', "{'a\"b'}", '{"a\\qb"}', '{"a', "{'a", '{"a"} {"b"}', '{"a" "b"}', '{""}', '{"\\\'"}',
  '{1}', '{-1}', '{+1}', '{1.5}', '{1.2.3}', '{-}', '{1e3}', '{true}', '{false}', '{truely}', '{nil}', '{.name', '{', '}', '{}', '{{}', '{{.name}}', 'a}b', '{.}', '{$}', '{@}x', '{ }', '{.name|x}', '{#}', '{é}', '{.é}', '{%}', '{☃}', '{.name\n}', '{.name\t}', '{,}', '{]}', '{.a,b}', '{*}', '{.image.*tag}', '{.name}\\n', '', ' ',
]

const folder = mkdtempSync(join(tmpdir(), 'json-path-'))
try {
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
  writeFileSync(join(folder, 'values.yaml'), VALUES)
  const rows = TEMPLATES.filter((template) => template !== '').map((template) => {
    const { code, stdout, stderr } = runHelm(['show', 'values', folder, '--jsonpath', template])
    if (/^panic:/m.test(stderr)) return [template, { panic: true }]
    return [template, code === 0 ? { prints: stdout } : { error: stderr.trim().replace(/^Error: /, '') }]
  })
  const recorded = { values: VALUES, rows }
  const file = join(import.meta.dirname, 'golden', 'json-path.json')
  writeFileSync(file, `${JSON.stringify(recorded, null, 1)}\n`)
} finally {
  rmSync(folder, { recursive: true })
}
