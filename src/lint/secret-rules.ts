import { isJsonObject, type Json } from '../base/json.ts'
import { itemsAt, objectAt, textAt, type FieldPath } from '../migrate/field-path.ts'
import { containersAnywhere, type Rule, type RuleScene } from './rule.ts'

/** Looks at what is secret and at what should be. No value is ever told. */
export const checkSecrets: Rule = (scene) => {
  const { object, kind, report } = scene
  for (const { value, path } of containersAnywhere(object)) {
    for (const { item, at } of itemsAt(value, 'env')) {
      const name = textAt(item, 'name')
      if (!SECRET_NAME.test(name) || !isPlain(textAt(item, 'value'))) continue
      report('plain-secret', [...path, 'env', at, 'value'], `${name} stands here in plain text`)
    }
  }
  if (kind === 'ConfigMap') checkConfigMap(scene)
  if (kind !== 'Secret') return
  const data = objectAt(object, 'data') ?? {}
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== 'string' || !endsInLineBreak(value)) continue
    const message = `the value of ${key} ends in a line break, which is part of it`
    report('secret-newline', ['data', key], message)
  }
  if (textAt(object, 'type') === 'kubernetes.io/service-account-token' && 'token' in data) {
    const message = 'annotate an empty Secret, or ask for a token by "kubectl create token"'
    report('sa-token-secret', ['type'], message)
  }
}

const SECRET_NAME = /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i

/** Names of settings in files of programs; a file of certificates is none. */
const SECRET_LINE =
  /^[\s-]*["']?(?:[\w.-]*(?:password|passwd|secret|token|api[-_]?key))["']?\s*[:=]\s*(\S.*)$/i

function checkConfigMap({ object, report }: RuleScene): void {
  const data: Json = object['data'] ?? null
  if (!isJsonObject(data)) return
  for (const [key, text] of Object.entries(data)) {
    if (typeof text !== 'string') continue
    const path: FieldPath = ['data', key]
    if (SECRET_NAME.test(key) && isPlain(text)) {
      report('plain-secret', path, `${key} stands here in plain text: put it into a Secret`)
      continue
    }
    for (const line of text.split('\n')) {
      const [, value = ''] = SECRET_LINE.exec(line) ?? []
      if (!isPlain(value)) continue
      const name = line.trim().split(/[:=]/)[0] ?? ''
      report('plain-secret', path, `${name} in ${key} stands here in plain text`)
    }
  }
}

/** Whether a text can be a secret itself, as opposed to the place of one or a switch. */
function isPlain(text: string): boolean {
  const value = text.trim().replace(/^["']|["']$/g, '')
  if (value === '' || /^[#%]/.test(value)) return false
  return !/^(?:\$|\{\{|\/|~|true$|false$|null$|\d+[smhd]?$|[|>][+-]?$|file:|env:|https?:)/i.test(
    value,
  )
}

/** Texts of several lines, such as certificates, end in one rightly. */
function endsInLineBreak(base64: string): boolean {
  const text = Buffer.from(base64, 'base64').toString('latin1')
  return /[\r\n]$/.test(text) && !/[\r\n]/.test(text.trimEnd())
}
