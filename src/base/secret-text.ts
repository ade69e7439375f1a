import { isInSecret, SECRET_KEY } from './secret-keys.ts'

/**
 * A line of a template for an error to quote. Below a key that names a secret, and in the data
 * of a Secret, each character outside of actions becomes `*`, so that columns stay.
 *
 * @param text of the whole template
 * @param at line, counted from 0
 */
export function quotableTemplateLine(text: string, at: number): string {
  const lines = text.split('\n')
  const line = lines[at] ?? ''
  const key = /^\s*(?:- )*[\w.-]+:\s/.exec(line)?.[0] ?? ''
  if (!SECRET_KEY.test(key) && !isInSecret(lines, at)) return line
  if (key === '' && line.includes('{{')) return masked(line, 0)
  return /^\S/.test(line) && !SECRET_KEY.test(key) ? line : masked(line, key.length)
}

function masked(line: string, from: number): string {
  const parts = line.slice(from).split(/(\{\{.*?\}\})/)
  const shown = parts.map((part) => (part.startsWith('{{') ? part : part.replaceAll(/\S/g, '*')))
  return line.slice(0, from) + shown.join('')
}

/** An expression of `--set-json` for an error to quote; without its value when it names a secret. */
export function quotableExpression(expression: string): string {
  if (!SECRET_KEY.test(expression)) return expression
  const sign = expression.trimStart().startsWith('{') ? -1 : expression.indexOf('=')
  return `${expression.slice(0, sign + 1)}[hidden]`
}

/**
 * A message about an expression that may hold a secret: a piece of a password with a comma in
 * it is read as a key.
 */
export function quotableMessage(expression: string, message: string): string {
  if (!SECRET_KEY.test(expression)) return message
  return message.replace(/key "([^"]*)"/, (found, key: string) =>
    SECRET_KEY.test(key) ? found : 'key "[hidden]"',
  )
}
