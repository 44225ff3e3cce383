import { GraphQLError } from 'graphql'
import { cutJson } from '../../schema/cut-text.ts'
import type { Documents } from './documents.ts'
import type { PersistedDocuments } from './persisted-documents.ts'

/** The parts of a request that name its document. */
export interface DocumentReference {
  readonly query?: unknown
  /** Of a persisted document, as the appendix of GraphQL over HTTP has it. */
  readonly documentId?: unknown
  /** `persistedQuery`: the same as Apollo's clients send it. */
  readonly extensions?: unknown
}

/** Longer ones name nothing: an id is a hash, or a name of the shop's making. */
const idLengthMax = 256

/** Finds the documents that requests name, by whichever transport they come. */
export class DocumentLookup {
  /** @param listedOnly whether documents that are merely kept from an earlier run are left out */
  constructor(
    private readonly documents: Documents,
    private readonly persisted: PersistedDocuments | undefined,
    private readonly listedOnly: boolean,
  ) {}

  /** The text of a document by id or SHA-256. */
  byId(id: string): string | undefined {
    const listed = this.persisted?.get(id)
    if (listed !== undefined || this.listedOnly) return listed
    return this.documents.findByHash(id.replace(/^sha256:/, ''))?.text
  }

  /** The text of the document of a request, or the error that it is answered with. */
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

/** The code of Apollo, so that its clients send the text where that is allowed. */
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
