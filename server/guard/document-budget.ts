import type { Clock } from '../../platform/ports/clock.ts'
import type { CheckedDocument, Documents } from '../graphql/documents.ts'
import { notListed, type PersistedDocuments } from '../graphql/persisted-documents.ts'
import type { FairQueue } from './fair-queue.ts'
import type { Identity } from './identity.ts'
import type { RateLimit } from './rate-limit.ts'
import { clientOf } from './work-queues.ts'

/**
 * Characters of a new document that are charged as one request, because parsing and validating them takes about 1 ms.
 */
const charactersPerRequest = 1_000

interface Options {
  readonly documents: Documents
  readonly rate: RateLimit
  readonly clock: Clock
  /** Queue in which clients take turns with their new documents. */
  readonly queue: FairQueue
  /** Persisted documents, if only these are run. */
  readonly listed: PersistedDocuments | undefined
}

/** Parses and validates a document at the cost of its client. Returns synchronously if the document is cached. */
export type CheckDocument = (text: string, identity: Identity) => CheckedDocument | Promise<CheckedDocument>

/**
 * Cached documents cost nothing. Others are charged by their length before they are parsed, so that a client over its
 * limit causes no work. They are parsed one per turn of the event loop, with clients taking turns: however many new
 * documents arrive together, a request of another client waits for one of them.
 * @returns a function that throws, or rejects with, AppError RATE_LIMITED, and FORBIDDEN for a document that is not
 * listed. An invalid document is FORBIDDEN too, so that its errors disclose nothing of the schema
 */
export function createDocumentCheck({ documents, rate, clock, queue, listed }: Options): CheckDocument {
  const requireListed = (checked: CheckedDocument): CheckedDocument => {
    if (listed && !(checked.document && listed.has(checked.text, checked.document))) throw notListed()
    return checked
  }
  return (text, identity) => {
    const kept = documents.find(text)
    if (kept) return requireListed(kept)
    rate.charge(identity, Math.floor(text.length / charactersPerRequest), clock.now())
    return queue.run(clientOf(identity), () => requireListed(documents.check(text)))
  }
}
