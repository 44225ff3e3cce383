import { createHmac, hash } from 'node:crypto'
import {
  type CopySource,
  copyClaimOf,
  copyHeaders,
  type Headers,
  internalHeaders,
  internalMacHeader,
  internalMacOf,
} from './headers.ts'
import type { InteractionRecord } from './interaction.ts'
import { RecordError } from './record-error.ts'

/** The source that a record names, and whether a stage of Pickstream signed it. */
export interface ClaimedSource extends CopySource {
  readonly isVerified: boolean
}

interface KeyedValue {
  readonly key: string
  readonly value: Uint8Array | null
}

interface ReceivedRecord extends KeyedValue {
  readonly headers: Headers
}

/**
 * Internal kinds of topic `interactions` that affect a user's data. Unsigned, `identify` would give one user's history
 * to another who may read it, `adopt` would invent a history, and `restore` would replace one. `refresh` is not among
 * them: like any event, it only costs the computation of a list.
 */
const signedKinds: ReadonlySet<InteractionRecord['kind']> = new Set(['identify', 'adopt', 'restore'])

const purpose = 'pickstream records of topic interactions'
const macCharacters = 16

/**
 * Authenticates records of topic `interactions`, which other services may write: the source from which a record was
 * copied, and the author of records of `signedKinds`. A source makes the embed stage skip a record as a second copy,
 * and releases readers that wait for the backfill.
 *
 * Each signature is an HMAC-SHA-256 over its purpose, key and value, truncated to 96 bits (RFC 2104, section 5), so it
 * is not valid on another record. On another copy of its own record, a source has its usual effect. A copy of an
 * internal record changes nothing either: `identify` moves again what the guest has, `adopt` is counted once by its
 * source and its event ids, and `restore` is out of date.
 */
export class RecordAuthenticator {
  private readonly hmac: (head: string, value: Uint8Array) => string

  /** @param idKey of recommendationIdKey, the same in all processes; another key is derived from it */
  constructor(idKey: Uint8Array) {
    this.hmac = oneShotHmac(createHmac('sha256', idKey).update(purpose).digest())
  }

  /** Headers of the copy of a record at `source`. */
  headersOf(source: CopySource, copy: KeyedValue): Headers {
    return copyHeaders(source, this.sourceMac(source, copy))
  }

  /** @returns undefined for a record that was written directly */
  sourceOf({ headers, ...record }: ReceivedRecord): ClaimedSource | undefined {
    const claim = copyClaimOf(headers)
    if (claim === undefined) return undefined
    const { kind, position, mac } = claim
    return { kind, position, isVerified: mac === this.sourceMac(claim, record) } // who forges one cannot time the comparison
  }

  /** The headers of a record, with the signature if its kind is one of `signedKinds`. */
  signed(kind: InteractionRecord['kind'], record: KeyedValue, headers: Headers = {}): Headers {
    return signedKinds.has(kind) ? { ...headers, ...internalHeaders(this.internalMac(record)) } : headers
  }

  /** @throws RecordError if the record's kind is one of `signedKinds` and this installation has not signed it */
  checkSigned(record: InteractionRecord, { headers, value }: Pick<ReceivedRecord, 'headers' | 'value'>): void {
    if (!signedKinds.has(record.kind) || internalMacOf(headers) === this.internalMac({ key: record.userId, value }))
      return
    throw new RecordError(
      `header ${internalMacHeader}: expected the signature of this installation on a record of kind "${record.kind}", ` +
        'which Pickstream alone writes (another secret, or another writer)',
    )
  }

  private sourceMac({ kind, position: { partition, offset } }: CopySource, record: KeyedValue): string {
    return this.macOf(`${kind}\n${partition}/${offset}`, record)
  }

  private internalMac(record: KeyedValue): string {
    return this.macOf('internal\n', record)
  }

  /** The length of the key, and whether there is a value, make the boundaries between the parts unambiguous. */
  private macOf(purpose: string, { key, value }: KeyedValue): string {
    const head = `${purpose}\n${key.length}\n${value === null ? 0 : 1}\n${key}`
    return this.hmac(head, value ?? noBytes).slice(0, macCharacters)
  }
}

const blockBytes = 64
const noBytes = new Uint8Array(0)

/**
 * HMAC-SHA-256 of head and value in base64url, by two one-shot hashes: takes half the time of an Hmac object, for every
 * record of an import.
 *
 * @param key at most 64 bytes
 */
export function oneShotHmac(key: Uint8Array): (head: string, value: Uint8Array) => string {
  const inner = Buffer.alloc(blockBytes, 0x36)
  const outer = Buffer.alloc(blockBytes + 32, 0x5c)
  for (const [n, byte] of key.entries()) {
    inner[n]! ^= byte
    outer[n]! ^= byte
  }
  return (head, value) => {
    outer.write(hash('sha256', Buffer.concat([inner, Buffer.from(head), value]), 'binary'), blockBytes, 'latin1')
    return hash('sha256', outer, 'base64url')
  }
}
