import { createHash } from 'node:crypto'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  TokenKind,
  type ValidationRule,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { checkComparisons } from '../guard/document-work.ts'
import { withoutSuggestion } from './suggestions.ts'

/** A document that was parsed and validated. Either `document` or `errors` is set. */
export interface CheckedDocument {
  readonly text: string
  /** SHA-256 of the text, hex: the hash of persisted queries. */
  readonly hash: string
  /** Lexical tokens of the text; 0 if it cannot be parsed. */
  readonly tokens: number
  readonly document?: DocumentNode
  readonly errors?: readonly GraphQLError[]
}

interface Options {
  readonly schema: GraphQLSchema
  /** Rules beyond those of the GraphQL specification. */
  readonly rules: readonly ValidationRule[]
  readonly tokensMax: number
  /** Whether error messages may suggest names of the schema. */
  readonly suggestions: boolean
  /** Memory of the cached documents, bytes. Default: 64 MiB. */
  readonly keptBytesMax?: number
}

/**
 * Maximum length of a document, UTF-16 code units: enough for 1,000 quoted ids of 256 bytes. Lexing is linear in the
 * length, also for a long comment or string, which is one token.
 */
export const documentLengthMax = 512 * 1024
/**
 * Estimated memory per token of a cached document. Measured on graphql 16: a syntax tree with its tokens takes 240 to
 * 510 bytes per token; the plan, the prepared operation and its costs together take less than that.
 */
export const bytesPerToken = 1_024
/**
 * Maximum nesting of brackets of any kind in a document. Parser, validation and execution are recursive: 5,000 open
 * brackets would exhaust the stack. The depth of fields has its own, lower limit.
 */
export const nestingMax = 200
const keptBytesMaxDefault = 64 * 2 ** 20
/** Maximum share of the memory for one document. */
const entryShareMax = 1 / 32

/**
 * Parses and validates the documents of requests and sockets. Only documents that are passed to `keep`, after an
 * authorized run, stay in memory; their total size is bounded in bytes.
 */
export class Documents {
  private readonly rules: readonly ValidationRule[]
  private readonly kept: LRUCache<string, CheckedDocument>
  private readonly textByHash = new Map<string, string>()

  constructor(private readonly options: Options) {
    this.rules = [...specifiedRules, ...options.rules]
    const maxSize = options.keptBytesMax ?? keptBytesMaxDefault
    this.kept = new LRUCache({
      maxSize,
      maxEntrySize: Math.floor(maxSize * entryShareMax),
      sizeCalculation: retainedBytes,
      dispose: ({ hash }) => this.textByHash.delete(hash),
    })
  }

  /** Estimated memory of the kept documents, bytes. */
  get keptBytes(): number {
    return this.kept.calculatedSize
  }

  /** Returns the cached document with this text. */
  find(text: string): CheckedDocument | undefined {
    return this.kept.get(text)
  }

  findByHash(hash: string): CheckedDocument | undefined {
    const text = this.textByHash.get(hash)
    return text === undefined ? undefined : this.kept.get(text)
  }

  /** Returns the cached document, or parses and validates the text. */
  check(text: string): CheckedDocument {
    return this.kept.get(text) ?? this.read(text)
  }

  /** Caches a valid document for the next request with the same text. Call after an authorized run only. */
  keep(checked: CheckedDocument): void {
    if (!checked.document || this.kept.has(checked.text)) return
    this.kept.set(checked.text, checked)
    if (this.kept.has(checked.text)) this.textByHash.set(checked.hash, checked.text)
  }

  private read(text: string): CheckedDocument {
    const { schema, suggestions } = this.options
    const base = { text, hash: createHash('sha256').update(text).digest('hex'), tokens: 0 }
    if (text.length > documentLengthMax) {
      const rule = `expected a document of at most ${documentLengthMax} characters, got ${text.length}`
      return { ...base, errors: [withCode(new GraphQLError(rule), 'GRAPHQL_PARSE_FAILED')] }
    }
    try {
      const document = this.parse(text)
      const tokens = document.tokenCount ?? 0
      const tooMuch = checkComparisons(document)
      const errors = tooMuch ? [tooMuch] : validate(schema, document, this.rules)
      if (errors.length === 0) return { ...base, tokens, document }
      const worded = (error: GraphQLError) => (suggestions ? error.message : withoutSuggestion(error.message))
      return {
        ...base,
        tokens,
        errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED', worded(error))),
      }
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      return { ...base, errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] }
    }
  }

  /** @throws GraphQLError */
  private parse(text: string): DocumentNode {
    let document: DocumentNode | undefined
    try {
      document = parse(text, { maxTokens: this.options.tokensMax })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error // stack overflow
    }
    if (document !== undefined && nestingOf(document) <= nestingMax) return document
    throw new GraphQLError(`expected a document with at most ${nestingMax} brackets within each other, got more`)
  }
}

/** Returns the maximum nesting of brackets. */
function nestingOf({ loc }: DocumentNode): number {
  let nesting = 0
  let most = 0
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) {
    if (opening.has(token.kind)) most = Math.max(most, ++nesting)
    else if (closing.has(token.kind)) nesting--
  }
  return most
}

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/**
 * Estimated memory of a cached document, bytes. The text counts twice, because strings outside Latin-1 take two bytes
 * per code unit.
 */
export const retainedBytes = ({ text, tokens }: CheckedDocument): number => 2 * text.length + tokens * bytesPerToken

function withCode(error: GraphQLError, code: string, message = error.message): GraphQLError {
  const { nodes, source, positions, extensions } = error
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    extensions: { code: extensions.code ?? code, http: { status: 400 } },
  })
}
