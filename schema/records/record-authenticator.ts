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

/** The source that a record names, and whether a stage of Pickstream named it. */
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
 * Kinds of topic `interactions` that Pickstream alone writes and that decide on a user's data. Unsigned, `identify` would
 * give one user's history to another who may read it, `adopt` would invent a history, and `restore` would replace one.
 * `refresh` is not among them: it costs the computation of a list, as any event does.
 */
const signedKinds: ReadonlySet<InteractionRecord['kind']> = new Set(['identify', 'adopt', 'restore'])

const purpose = 'pickstream records of topic interactions'
const macCharacters = 16

/**
 * Authenticates what is believed of a record of topic `interactions`, which other services may write: where it was copied
 * from, and that Pickstream wrote it where its kind is one of `signedKinds`. A source makes the embed stage skip a record as
 * a second copy, and releases readers who wait for the backfill.
 *
 * Each is an HMAC-SHA-256 over its purpose, key and value, truncated to 96 bits (RFC 2104, section 5): of no use on another
 * record. On a copy of its own record a source changes nothing, since that is what it is for. A copy of an internal record
 * hands over once more what the guest has (`identify`), is counted once by its source and its event ids (`adopt`), or is out
 * of date (`restore`).
 */
export class RecordAuthenticator {
  private readonly hmac: (head: string, value: Uint8Array) => string

  /** @param idKey of recommendationIdKey, the same in all processes; another key is derived from it */
  constructor(idKey: Uint8Array) {
    this.hmac = oneShotHmac(createHmac('sha256', idKey).update(purpose).digest())
  }

  /** Headers of the copy of a record that stood at `source`. */
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

  /** The headers of a record, with the signature where Pickstream alone writes its kind. */
  signed(kind: InteractionRecord['kind'], record: KeyedValue, headers: Headers = {}): Headers {
    return signedKinds.has(kind) ? { ...headers, ...internalHeaders(this.internalMac(record)) } : headers
  }

  /** @throws RecordError where Pickstream alone writes the record's kind, and this installation has not signed it */
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

  /** The length of the key, and whether there is a value, keep the parts from being taken for one another. */
  private macOf(purpose: string, { key, value }: KeyedValue): string {
    const head = `${purpose}\n${key.length}\n${value === null ? 0 : 1}\n${key}`
    return this.hmac(head, value ?? noBytes).slice(0, macCharacters)
  }
}

const blockBytes = 64
const noBytes = new Uint8Array(0)

/**
 * HMAC-SHA-256 of head and value in base64url, by two hashes in one call each: half the time of an Hmac object, which every
 * record of an import would pay for.
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
