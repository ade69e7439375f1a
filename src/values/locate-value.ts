import { spanOfPath } from '../encoding/yaml-span.ts'
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
      const found = files.findLast((file) => spanOfPath(file, outer) !== undefined)
      if (found !== undefined) return spanOfPath(found, outer)
    }
    return undefined
  }
}
