import { CST, Lexer, Parser, parse, YAMLParseError } from 'yaml'

/** Length of a document, UTF-16 code units: 1,000 boosts take about 60,000. */
export const charactersMax = 256 * 1024
/** Nesting of lists and maps; rules need 8. */
export const depthMax = 32
/** Entries of one list or map; rules need 1,000. The parser compares every two keys of a map. */
export const entriesMax = 2_000
/** Tokens other than white space; each becomes several objects. 1,000 boosts take about 9,000. */
export const tokensMax = 100_000

/**
 * Returns the value of a YAML document.
 * @throws Error that names the line and the rule
 */
export function readYaml(source: string): unknown {
  checkYaml(source)
  try {
    // The whole text is checked above, so that no warning is logged.
    return parse(source, { logLevel: 'error' })
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    const line = error.linePos ? `line ${error.linePos[0].line}: ` : ''
    // The line precedes the message, and the parser's advice is for programmers.
    const text = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')
    throw new Error(
      line + (error.code === 'MULTIPLE_DOCS' ? 'expected one document, got a second one after ---' : text),
    )
  }
}

/**
 * Checks that a YAML document takes a bounded amount of work to parse. Reads it token by token, in linear time and
 * without recursion. Anchors and aliases are rejected, because a few lines of them can expand to any number of values.
 * @throws Error that names the limit, or for a text that is not well-formed Unicode
 */
export function checkYaml(source: string): void {
  if (source.length > charactersMax) {
    throw new Error(`expected at most ${charactersMax} characters, got ${source.length}`)
  }
  // Half of a surrogate pair has no encoding in UTF-8, so another text would be stored.
  if (!source.isWellFormed()) throw new Error('expected well-formed Unicode, got half of a surrogate pair')
  const parser = new Parser()
  let tokens = 0
  for (const lexeme of new Lexer().lex(source)) {
    const type = CST.tokenType(lexeme)
    if (type === 'alias' || type === 'anchor') {
      throw new Error(`expected no anchors or aliases, got ${JSON.stringify(lexeme.slice(0, 80))}`)
    }
    if (type !== 'space' && type !== 'newline' && ++tokens > tokensMax) {
      throw new Error(`expected at most ${tokensMax} tokens`)
    }
    for (const _ of parser.next(lexeme)) {
      // Documents that are complete: the composer reports where there is more than one.
    }
    if (parser.stack.length > depthMax) throw new Error(`expected at most ${depthMax} levels of lists and maps`)
    const top = parser.stack.at(-1)
    if (top && 'items' in top && top.items.length > entriesMax) {
      throw new Error(`expected at most ${entriesMax} entries of one list or map`)
    }
  }
}
