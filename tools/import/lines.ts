import { FileError } from './file-error.ts'

/**
 * Splits a text into lines at \n or \r\n, or at \r where `crOnly`.
 * @throws FileError for a line longer than `charsMax`
 */
export async function* linesOf(
  chunks: AsyncIterable<string>,
  crOnly: boolean,
  charsMax: number,
): AsyncGenerator<string> {
  const end = crOnly ? '\r' : '\n'
  let rest = ''
  let line = 1
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split(end)
    rest = parts.pop()!
    line += parts.length
    for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part
    if (rest.length > charsMax) throw new FileError(`line ${line} is longer than ${charsMax} characters`)
  }
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest
}

/** The cells of one line. Quotation marks around a whole cell are removed; others are part of the text. */
export const quotedCells = (line: string, delimiter: string): string[] => line.split(delimiter).map(unquoted)

/** A cell without surrounding spaces, and without quotation marks around the whole cell. */
export function unquoted(cell: string): string {
  const text = cell.trim()
  return /^"(?:[^"]|"")*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text
}
