import { FileError } from './file-error.ts'

/** The lines of a text without their ends: \n, \r\n, or \r alone where `oldMac`. */
export async function* linesOf(
  chunks: AsyncIterable<string>,
  oldMac: boolean,
  charsMax: number,
): AsyncGenerator<string> {
  const end = oldMac ? '\r' : '\n'
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

/** Cells of one line. Quotation marks around a whole cell are taken off; others are characters like any other. */
export const quotedCells = (line: string, delimiter: string): string[] => line.split(delimiter).map(unquoted)

/** A cell without spaces around it and quotation marks around the whole of it. */
export function unquoted(cell: string): string {
  const text = cell.trim()
  return /^"(?:[^"]|"")*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text
}
