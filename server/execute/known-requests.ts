import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Operation, Operations, Variables } from './operation.ts'

/** A request that can be answered without Apollo. */
export interface KnownRequest {
  readonly operation: Operation
  readonly variables: Variables | undefined
}

/** Of texts and hashes that are remembered, each. */
const charactersMax = 8 * 2 ** 20
const acceptsMax = 100
const acceptLengthMax = 300

/**
 * What Apollo has seen: the documents that it parsed, validated and let pass, by their text and by their hash, and the
 * content type that it chose for an Accept header. A request of which all that is known gets from Apollo what it would get
 * without: this is the way of nearly every request, at half the cost.
 */
export class KnownRequests {
  readonly #operations: Operations
  readonly #byText = documents()
  readonly #byHash = documents()
  readonly #contentTypes = new Map<string, string>()

  constructor(operations: Operations) {
    this.#operations = operations
  }

  remember(text: string | undefined, hash: string | undefined, document: DocumentNode): void {
    if (text) this.#byText.set(text, document)
    if (hash) this.#byHash.set(hash, document)
  }

  rememberContentType(accept: string | undefined, contentType: string | undefined): void {
    if (contentType === undefined || this.#contentTypes.size >= acceptsMax) return
    if (accept === undefined || accept.length <= acceptLengthMax) this.#contentTypes.set(accept ?? '', contentType)
  }

  contentTypeFor(accept: string | undefined): string | undefined {
    return this.#contentTypes.get(accept ?? '')
  }

  /** @param body parsed JSON; undefined where Apollo must look at it */
  find(body: unknown): KnownRequest | undefined {
    if (!isRecord(body)) return undefined
    const { variables, operationName } = body
    if (variables != null && !isRecord(variables)) return undefined
    if (operationName != null && typeof operationName !== 'string') return undefined
    const document = this.#documentOf(body)
    const operation = document && this.#operations.prepare(document, operationName as string | null | undefined)
    return operation && { operation, variables: (variables as Variables | null) ?? undefined }
  }

  #documentOf({ query, extensions }: Record<string, unknown>): DocumentNode | undefined {
    if (extensions == null) return typeof query === 'string' ? this.#byText.get(query) : undefined
    // By hash alone; where a text comes with it, Apollo compares the two.
    if (query !== undefined || !isRecord(extensions) || Object.keys(extensions).length !== 1) return undefined
    const { persistedQuery } = extensions
    if (!isRecord(persistedQuery) || persistedQuery.version !== 1) return undefined
    const { sha256Hash } = persistedQuery
    return typeof sha256Hash === 'string' ? this.#byHash.get(sha256Hash) : undefined
  }
}

const documents = () =>
  new LRUCache<string, DocumentNode>({
    maxSize: charactersMax,
    maxEntrySize: Math.floor(charactersMax / 100),
    sizeCalculation: (_, key) => key.length + 1_000,
  })

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
