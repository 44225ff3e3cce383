import { AppError, type Issue } from '../../schema/app-error.ts'
import { cutText } from '../../schema/cut-text.ts'
import { idBytesMax } from '../../schema/records/interaction.ts'

/** Collects all issues of an input, so that one error reports them: path, rule, value received. */
export class InputCheck {
  private readonly issues: Issue[] = []

  /** Adds an issue unless `ok`. */
  require(ok: boolean, path: string, rule: string, received: unknown): boolean {
    return ok || this.refuse(path, rule, show(received))
  }

  id(value: string, path: string): boolean {
    return this.bytes(value, path, idBytesMax)
  }

  /** A text that is not empty, limited by its length in UTF-8. */
  bytes(value: string, path: string, bytesMax: number): boolean {
    // A UTF-16 code unit has at most three bytes.
    const bytes = value.length * 3 <= bytesMax ? value.length : Buffer.byteLength(value)
    if (bytes >= 1 && bytes <= bytesMax) return this.wellFormed(value, path)
    return this.refuse(path, `1..${bytesMax} bytes`, showText(value, `${bytes} bytes`))
  }

  /** A text limited by its number of Unicode characters, as `maxLength` of JSON Schema and OpenAPI. */
  text(value: string, path: string, lengthMin: number, lengthMax: number): void {
    const rule = lengthMin === 0 ? `at most ${lengthMax} characters` : `${lengthMin}..${lengthMax} characters`
    const length = value.length <= lengthMax ? value.length : lengthOf(value)
    if (length >= lengthMin && length <= lengthMax) this.wellFormed(value, path)
    else this.refuse(path, rule, showText(value, `${length} characters`))
  }

  ids(values: readonly string[], path: string, min: number, max: number): void {
    if (!this.require(values.length >= min && values.length <= max, path, `${min}..${max} ids`, count(values))) return
    for (let n = 0; n < values.length; n++) {
      // A character has at most 3 bytes, so most ids pass without counting bytes and without building a path.
      const value = values[n]!
      const isShort = value.length >= 1 && value.length * 3 <= idBytesMax
      if (!isShort || !value.isWellFormed()) this.id(value, `${path}[${n}]`)
    }
  }

  private refuse(path: string, rule: string, received: string): false {
    this.issues.push({ path, message: `expected ${rule}, got ${received}` })
    return false
  }

  /** Half of a surrogate pair has no encoding in UTF-8, so another text would be stored. */
  private wellFormed(value: string, path: string): boolean {
    return this.require(value.isWellFormed(), path, 'well-formed Unicode', value)
  }

  /** @throws AppError BAD_USER_INPUT naming the first problems */
  throwIfAny(): void {
    if (this.issues.length === 0) return
    const { path, message } = this.issues[0]!
    const more = this.issues.length === 1 ? '' : ` (and ${this.issues.length - 1} more)`
    throw new AppError('BAD_USER_INPUT', {
      message: `${path}: ${message}${more}`,
      issues: this.issues.slice(0, issuesMax),
    })
  }
}

const issuesMax = 100

export const count = (values: readonly unknown[]): unknown => ({ toJSON: () => values.length })

/** The number of Unicode characters. */
function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

/** Shortens any received value so that it can be part of a message. */
function show(value: unknown): string {
  // JSON has no Infinity, which a literal such as 1e999 is read as.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing')
  return text.length > 80 ? `${cutText(text, 64)}… (${text.length} characters)` : text
}

/** A long text with its size, in the unit of the rule. */
const showText = (text: string, size: string): string =>
  text.length > 80 ? `${JSON.stringify(cutText(text, 64)).slice(0, -1)}…" (${size})` : JSON.stringify(text)
