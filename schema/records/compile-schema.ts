import { Ajv, type SchemaValidateFunction, type ValidateFunction } from 'ajv'
import { parseIsoTime } from '../iso-time.ts'

/**
 * Compiles the JSON Schema of a public record. Beyond JSON Schema it has keyword `maxBytes`, the maximum size of a text
 * in UTF-8; `date-time` is what `parseIsoTime` reads.
 */
export function compileSchema<Shape>(schema: object): ValidateFunction<Shape> {
  // strictNumbers: JSON's 1e999 is read as Infinity, which cannot be stored.
  const ajv = new Ajv({ discriminator: true, strict: false, strictNumbers: true, allowUnionTypes: true })
  ajv.addFormat('date-time', (text) => parseIsoTime(text) !== undefined)
  ajv.addKeyword({ keyword: 'maxBytes', type: 'string', schemaType: 'number', validate: checkBytes })
  return ajv.compile<Shape>(schema)
}

const checkBytes: SchemaValidateFunction = (max: number, text: string) => {
  // A UTF-16 code unit has at most three bytes.
  if (text.length * 3 <= max) return true
  const bytes = Buffer.byteLength(text)
  checkBytes.errors = [{ keyword: 'maxBytes', message: `must have at most ${max} bytes`, params: { bytes } }]
  return bytes <= max
}
