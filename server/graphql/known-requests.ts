import type { DocumentNode } from 'graphql'
import type { Documents } from './documents.ts'
import type { Operation, Operations, Variables } from './operations.ts'

/** A request that can be answered without Apollo. */
export interface KnownRequest {
  readonly operation: Operation
  readonly variables: Variables | undefined
}

const acceptsMax = 100
const acceptLengthMax = 300

/**
 * Finds requests that can bypass Apollo: their document was cached after an authorized run, and the content type is the
 * one that Apollo chose for this Accept header before. The answers are the same, at half the cost.
 */
export class KnownRequests {
  private readonly contentTypes = new Map<string, string>()

  constructor(
    private readonly operations: Operations,
    private readonly documents: Documents,
  ) {}

  rememberContentType(accept: string | undefined, contentType: string | undefined): void {
    if (contentType === undefined || this.contentTypes.size >= acceptsMax) return
    if (accept === undefined || accept.length <= acceptLengthMax) this.contentTypes.set(accept ?? '', contentType)
  }

  contentTypeFor(accept: string | undefined): string | undefined {
    return this.contentTypes.get(accept ?? '')
  }

  /** @param body parsed JSON; undefined if Apollo must handle the request */
  find(body: unknown): KnownRequest | undefined {
    if (!isRecord(body)) return undefined
    const { variables, operationName } = body
    if (variables != null && !isRecord(variables)) return undefined
    if (operationName != null && typeof operationName !== 'string') return undefined
    const document = this.documentOf(body)
    const operation = document && this.operations.prepare(document, operationName as string | null | undefined)
    return operation && { operation, variables: (variables as Variables | null) ?? undefined }
  }

  private documentOf({ query, extensions }: Record<string, unknown>): DocumentNode | undefined {
    if (extensions == null) return typeof query === 'string' ? this.documents.find(query)?.document : undefined
    // By hash only. If a text comes with the hash, Apollo compares the two.
    if (query !== undefined || !isRecord(extensions) || Object.keys(extensions).length !== 1) return undefined
    const { persistedQuery } = extensions
    if (!isRecord(persistedQuery) || persistedQuery.version !== 1) return undefined
    const { sha256Hash } = persistedQuery
    return typeof sha256Hash === 'string' ? this.documents.findByHash(sha256Hash)?.document : undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
