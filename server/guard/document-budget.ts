import type { Clock } from '../../platform/ports/clock.ts'
import type { CheckedDocument, Documents } from '../graphql/documents.ts'
import { notListed, type PersistedDocuments } from '../graphql/persisted-documents.ts'
import type { Identity } from './identity.ts'
import type { RateLimit } from './rate-limit.ts'

/** Characters of a new document that are charged as one request: to parse and validate them takes about 1 ms. */
const charactersPerRequest = 1_000

interface Options {
  readonly documents: Documents
  readonly rate: RateLimit
  readonly clock: Clock
  /** Only these are run, where there is such a list. */
  readonly listed: PersistedDocuments | undefined
}

/** Parses and validates a document on the account of the client that sent it. */
export type CheckDocument = (text: string, identity: Identity) => CheckedDocument

/**
 * Kept documents cost nothing. Others are charged before they are parsed, by their length, so that a client without
 * requests left causes no work.
 * @returns a function that throws AppError RATE_LIMITED, and FORBIDDEN where the document is not one of the list: also where it
 * is not valid, so that its errors tell nothing of the schema
 */
export const createDocumentCheck =
  ({ documents, rate, clock, listed }: Options): CheckDocument =>
  (text, identity) => {
    let checked = documents.find(text)
    if (!checked) {
      rate.charge(identity, Math.floor(text.length / charactersPerRequest), clock.now())
      checked = documents.check(text)
    }
    if (listed && !(checked.document && listed.has(text, checked.document))) throw notListed()
    return checked
  }
