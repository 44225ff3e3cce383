import { createHmac, hash } from 'node:crypto'
import { type CopySource, copyClaimOf, copyHeaders, type Headers } from './headers.ts'

/** The source that a record names, and whether a stage of Pickstream named it. */
export interface ClaimedSource extends CopySource {
  readonly isVerified: boolean
}

interface CopiedRecord {
  readonly key: string
  readonly value: Uint8Array | null
}

const purpose = 'pickstream copied records'
const macCharacters = 16

/**
 * Authenticates where a record of topic `interactions` was copied from. Other services may write that topic, and a source is
 * believed: it makes the embed stage skip a record as a second copy, and releases readers who wait for the backfill. So the
 * stages that copy records sign the source with an HMAC-SHA-256 over kind, position, key and value, truncated to 96 bits
 * (RFC 2104, section 5). A signed header is of no use on another record; on a copy of its own record it changes nothing,
 * since that is what the source is for.
 */
export class CopyAuthenticator {
  private readonly hmac: (head: string, value: Uint8Array) => string

  /** @param idKey of recommendationIdKey, the same in all workers; another key is derived from it */
  constructor(idKey: Uint8Array) {
    this.hmac = oneShotHmac(createHmac('sha256', idKey).update(purpose).digest())
  }

  /** Headers of the copy of a record that stood at `source`. */
  headersOf(source: CopySource, copy: CopiedRecord): Headers {
    return copyHeaders(source, this.macOf(source, copy))
  }

  /** @returns undefined for a record that was written directly */
  sourceOf({ headers, ...record }: CopiedRecord & { readonly headers: Headers }): ClaimedSource | undefined {
    const claim = copyClaimOf(headers)
    if (claim === undefined) return undefined
    const { kind, position, mac } = claim
    return { kind, position, isVerified: mac === this.macOf(claim, record) } // who forges one cannot time the comparison
  }

  /** The length of the key, and whether there is a value, keep the parts from being taken for one another. */
  private macOf({ kind, position: { partition, offset } }: CopySource, { key, value }: CopiedRecord): string {
    const head = `${kind}\n${partition}/${offset}\n${key.length}\n${value === null ? 0 : 1}\n${key}`
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
