import type { Clock } from '../../platform/ports/clock.ts'
import type { CheckedDocument, Documents } from '../graphql/documents.ts'
import { notListed, type PersistedDocuments } from '../graphql/persisted-documents.ts'
import type { FairQueue } from './fair-queue.ts'
import type { Identity } from './identity.ts'
import type { RateLimit } from './rate-limit.ts'
import { clientOf } from './work-queues.ts'

/** Characters of a new document that are charged as one request: to parse and validate them takes about 1 ms. */
const charactersPerRequest = 1_000

interface Options {
  readonly documents: Documents
  readonly rate: RateLimit
  readonly clock: Clock
  /** Takes the clients' new documents in turns. */
  readonly queue: FairQueue
  /** Only these are run, where there is such a list. */
  readonly listed: PersistedDocuments | undefined
}

/** Parses and validates a document on the account of the client that sent it. At once where it is kept. */
export type CheckDocument = (text: string, identity: Identity) => CheckedDocument | Promise<CheckedDocument>

/**
 * Kept documents cost nothing. Others are charged before they are parsed, by their length, so that a client without
 * requests left causes no work. They are parsed one a turn of the event loop, the clients in turns: however many new
 * documents arrive together, a request of another client waits for one of them.
 * @returns a function that throws, or rejects with, AppError RATE_LIMITED, and FORBIDDEN where the document is not one of the
 * list: also where it is not valid, so that its errors tell nothing of the schema
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
