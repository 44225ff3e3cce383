import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { AppError } from '../../schema/app-error.ts'

/** A document that was read and checked once. */
export interface Checked {
  readonly id: number
  readonly document?: DocumentNode
  readonly errors?: readonly GraphQLError[]
}

const keptMax = 1_000

/** Reads and checks documents of sockets, each text once: graphql-ws by itself does it for every subscription. */
export class Documents {
  readonly #schema: GraphQLSchema
  readonly #rules: readonly ValidationRule[]
  readonly #tokensMax: number
  readonly #known = new LRUCache<string, Checked>({ max: keptMax })
  #next = 1

  constructor(schema: GraphQLSchema, rules: readonly ValidationRule[], tokensMax: number) {
    this.#schema = schema
    this.#rules = [...specifiedRules, ...rules]
    this.#tokensMax = tokensMax
  }

  check(text: string): Checked {
    let known = this.#known.get(text)
    if (!known) this.#known.set(text, (known = { id: this.#next++, ...this.#read(text) }))
    return known
  }

  #read(text: string): Omit<Checked, 'id'> {
    try {
      const document = parse(text, { maxTokens: this.#tokensMax })
      const errors = validate(this.#schema, document, this.#rules)
      if (errors.length === 0) return { document }
      return { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] }
    }
  }
}

function withCode({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } })
}

/** The operations that a server in allow-list mode runs: SHA-256 (hex) → document. */
export class AllowList {
  readonly #texts = new Map<string, string>()
  readonly #allowed = new Set<string>()

  /** @throws Error when the file is not a JSON list or object of documents */
  static fromFile(path: string): AllowList {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const texts = content !== null && typeof content === 'object' ? Object.values(content) : [undefined]
    if (!texts.every((text) => typeof text === 'string')) {
      throw new Error(`${path}: expected a list of GraphQL documents, or an object of them by their SHA-256`)
    }
    return new AllowList(texts as string[])
  }

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      this.#texts.set(createHash('sha256').update(text).digest('hex'), text)
      this.#allowed.add(text)
    }
  }

  has(text: string): boolean {
    return this.#allowed.has(text)
  }

  get(sha256: string): string | undefined {
    return this.#texts.get(sha256)
  }
}

export const notListed = (): AppError =>
  new AppError('FORBIDDEN', { message: 'this server runs listed operations only' })
