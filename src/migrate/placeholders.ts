import type { ReadFile } from './read-source.ts'
import type { Refusal } from './refusal.ts'

/**
 * Finds what somebody has still to fill in: `###PORT###`, which YAML reads as a comment so that
 * the field is empty, and `%%HOST%%`.
 */
export function findPlaceholders({
  file,
  problems,
}: Pick<ReadFile, 'file' | 'problems'>): Refusal[] {
  // What does not parse has a worse problem, and its lines mean nothing.
  if (problems.length > 0) return []
  return file.text.split('\n').flatMap((text, at): Refusal[] => {
    const match = /^\s*(?:- )*["']?[\w./-]+["']?:\s+["']?(###\S.*###|%%\w+%%)["']?\s*$/.exec(text)
    const [, placeholder] = match ?? []
    if (placeholder === undefined) return []
    const isComment = /:\s+###/.test(text)
    const message = isComment
      ? `"${placeholder}" is to be filled in; YAML reads it as a comment, so the field is empty`
      : `"${placeholder}" is to be filled in`
    const column = text.indexOf(placeholder) + 1
    return [{ cause: 'placeholder', message, line: at + 1, column }]
  })
}
