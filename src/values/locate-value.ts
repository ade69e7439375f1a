import type { SourceSpan } from '../base/errors.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { locateYaml } from '../encoding/yaml-locate.ts'
import type { ValuesFile } from './compose-values.ts'
import type { LocateValue } from './validate.ts'

/**
 * Makes a finder of the lines that set values: the last of the files that sets a value
 * counts, and for one that no file sets, the nearest map around it.
 */
export function locateInFiles(files: readonly ValuesFile[]): LocateValue {
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const outer = path.slice(0, length)
      const found = files.findLast((file) => spanOf(file, outer) !== undefined)
      if (found !== undefined) return spanOf(found, outer)
    }
    return undefined
  }
}

function spanOf({ name, text }: ValuesFile, path: readonly string[]): SourceSpan | undefined {
  try {
    const position = locateYaml(text, path)
    if (position === undefined) return undefined
    const source = text.split(/\r?\n/)[position.line - 1] ?? ''
    return { file: name, line: position.line, column: position.column, source }
  } catch (error) {
    if (error instanceof YamlError) return undefined
    throw error
  }
}
