import type { Clock } from '../../platform/ports/clock.ts'
import type { CheckedDocument, Documents } from '../graphql/documents.ts'
import type { Identity } from './identity.ts'
import type { RateLimit } from './rate-limit.ts'

/** Characters of a new document that are charged as one request: to parse and validate them takes about 1 ms. */
const charactersPerRequest = 1_000

/** Parses and validates a document on the account of the client that sent it. */
export type CheckDocument = (text: string, identity: Identity) => CheckedDocument

/**
 * Kept documents cost nothing. Others are charged before they are parsed, by their length, so that a client without
 * requests left causes no work.
 * @returns a function that throws AppError RATE_LIMITED
 */
export const createDocumentCheck =
  (documents: Documents, rate: RateLimit, clock: Clock): CheckDocument =>
  (text, identity) => {
    const kept = documents.find(text)
    if (kept) return kept
    rate.charge(identity, Math.floor(text.length / charactersPerRequest), clock.now())
    return documents.check(text)
  }
