import { GraphQLError } from 'graphql'
import { cutJson } from '../../schema/cut-text.ts'
import type { Documents } from './documents.ts'
import type { PersistedDocuments } from './persisted-documents.ts'

/** The parts of a request that identify its document. */
export interface DocumentReference {
  readonly query?: unknown
  /** Id of a persisted document, as in the appendix of GraphQL over HTTP. */
  readonly documentId?: unknown
  /** `persistedQuery`: the id as Apollo's clients send it. */
  readonly extensions?: unknown
}

/** Maximum length of an id. Ids are hashes, or names chosen by the shop. */
const idLengthMax = 256

/** Finds the documents of requests, for every transport. */
export class DocumentLookup {
  /** @param listedOnly whether to ignore documents that are only cached from an earlier run */
  constructor(
    private readonly documents: Documents,
    private readonly persisted: PersistedDocuments | undefined,
    private readonly listedOnly: boolean,
  ) {}

  /** Returns the text of a document by its id or SHA-256. */
  byId(id: string): string | undefined {
    const listed = this.persisted?.get(id)
    if (listed !== undefined || this.listedOnly) return listed
    return this.documents.findByHash(id.replace(/^sha256:/, ''))?.text
  }

  /** Returns the text of the document of a request, or the error with which to answer it. */
  find({ query, documentId, extensions }: DocumentReference): string | GraphQLError {
    const hasQuery = query !== undefined && query !== null && query !== ''
    const id = documentId ?? (hasQuery ? undefined : persistedHashOf(extensions))
    if (id === undefined) {
      return typeof query === 'string' && hasQuery ? query : refusal('query', 'a GraphQL document', query)
    }
    if (hasQuery) return refusal('documentId', 'documentId or query, not both', id)
    if (typeof id !== 'string' || id.length === 0 || id.length > idLengthMax) {
      return refusal('documentId', `a string of 1..${idLengthMax} characters`, id)
    }
    return this.byId(id) ?? notFound(id)
  }
}

function persistedHashOf(extensions: unknown): unknown {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } }
  return persistedQuery?.sha256Hash
}

function refusal(path: string, rule: string, received: unknown): GraphQLError {
  const shown = cutJson(received, 80) ?? 'nothing'
  const message = `${path}: expected ${rule}, got ${shown}`
  return new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', issues: [{ path, message }], http: { status: 400 } },
  })
}

/** Apollo's own code, so that its clients send the text if that is allowed. */
const notFound = (id: string): GraphQLError =>
  new GraphQLError('PersistedQueryNotFound', {
    extensions: {
      code: 'PERSISTED_QUERY_NOT_FOUND',
      issues: [
        { path: 'documentId', message: `expected the id of a document that the server has, got ${JSON.stringify(id)}` },
      ],
      http: { status: 400 },
    },
  })
