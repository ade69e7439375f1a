import { isJsonObject, type JsonObject } from '../base/json.ts'
import { PkgError } from '../base/errors.ts'
import { isNative, rawFile, type Chart } from '../chart/chart.ts'
import { decodeJsonPlain } from '../encoding/json.ts'
import { fromBytes } from '../golang/bytes.ts'
import { GoError } from '../golang/value.ts'
import { compileSchema } from '../values/schema-compile.ts'
import { inferSchema } from '../values/schema-of.ts'
import { spanOfSchemaError } from '../values/schema-span.ts'
import { valuesTypes } from '../values/types-of.ts'

/**
 * Infers a schema from a chart's values.yaml and the comments in it.
 *
 * @param onWarning told of comments that are meant for a schema and say nothing
 */
export function schemaOf(chart: Chart, onWarning?: (warning: string) => void): JsonObject {
  const values = rawFile(chart, 'values.yaml')
  const text = values === undefined ? '' : fromBytes(values.data)
  const dialect = isNative(chart) ? 'core' : 'helm'
  return inferSchema(text, { dialect, values: chart.values, onWarning })
}

/**
 * Prints TypeScript types for a chart's values: by its values.schema.json, and without one by
 * what its values.yaml tells.
 *
 * @throws PkgError SCHEMA_INVALID when its schema is none; USAGE for a name without letters
 */
export async function typesOf(chart: Chart, name: string): Promise<string> {
  // The generator makes a name of what there is: "foo-bar" becomes FooBar.
  if (!/[\p{L}_$]/u.test(name)) {
    throw new PkgError('USAGE', `"${name}" can be no name of a type`, {
      hint: 'Give a word, for example --name WebValues.',
    })
  }
  return valuesTypes(chart.schema === undefined ? schemaOf(chart) : ownSchema(chart.schema), name)
}

function ownSchema(data: Uint8Array): JsonObject {
  const text = fromBytes(data)
  try {
    // A schema that is none would be a riddle for what makes types of it.
    compileSchema(text)
    const schema = decodeJsonPlain(text)
    // All that is left are true, which takes any values, and false.
    return isJsonObject(schema) ? schema : schema === true ? {} : { enum: [] }
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new PkgError('SCHEMA_INVALID', `values.schema.json cannot be read: ${error.message}`, {
      hint: 'Correct values.schema.json, or make it anew with "values schema --write --force".',
      span: spanOfSchemaError({ name: 'values.schema.json', text }, error.message),
      cause: error,
    })
  }
}
