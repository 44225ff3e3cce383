import { randomUUID } from 'node:crypto'

/** The text of a JSON number, with all its digits. */
export class NumberText {
  constructor(readonly text: string) {}
}

/** Random, so no file contains it. */
const mark = `${randomUUID()}:`
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * Parses JSON with its numbers as `NumberText`, so that integers beyond 2^53 keep their digits.
 * @throws SyntaxError as JSON.parse does
 */
export function parseExact(text: string): unknown {
  JSON.parse(text) // validates the grammar, with the usual error messages
  const marked = text.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`))
  return JSON.parse(marked, (_, value) =>
    typeof value === 'string' && value.startsWith(mark) ? new NumberText(value.slice(mark.length)) : value,
  )
}
