import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto'
import { writeTimestampIn } from './revision.ts'

/** One returned list: the data that its id identifies. */
export interface IdentifiedList {
  /** null: the list of a session, without a user. */
  readonly userId: string | null
  readonly revision: bigint
  /** `experiment~variant`, or null. Several experiments are joined by joinVariants. */
  readonly variant: string | null
  /** The placement, 1 to 64 of a-z 0-9 -. Default: null, a list without a placement. */
  readonly placement?: string | null
  /** Canonical text of all arguments that determine which items are in the list. */
  readonly arguments: string
  /** Item ids, in their order. */
  readonly itemIds: readonly string[]
}

/** The contents of a valid id. */
export interface VerifiedId {
  /** Position in topic interactions, from the list's revision. */
  readonly writeTimestamp: bigint
  readonly variant: string | null
  readonly placement: string | null
}

/** An id, and the hash of the list that it identifies. */
export interface IssuedId {
  readonly list: string
  readonly id: string
}

type OnIssue = (id: string, itemIds: readonly string[]) => void

const timestampBytes = 8
const listBytes = 6
const listCharacters = (listBytes * 4) / 3
const tagBytes = 10
const headBytes = timestampBytes + listBytes
/** Maximum characters of all variants of one id. With a placement of 64 characters, the id then has 256. */
export const variantsCharsMax = 158
const idPattern = /^([\w-]{32})(?:\.([a-z0-9~+-]{0,158})(?:\.([a-z0-9-]{1,64}))?)?$/

/**
 * Joins the variants of several experiments into one text. Omits those that exceed `variantsCharsMax`.
 *
 * @param variants each as `experiment~variant`
 * @returns null if there are none
 */
export function joinVariants(variants: readonly string[]): string | null {
  let joined = ''
  for (const variant of variants) {
    const longer = joined === '' ? variant : `${joined}+${variant}`
    if (longer.length <= variantsCharsMax) joined = longer
  }
  return joined === '' ? null : joined
}

/** Splits what joinVariants joined. */
export const splitVariants = (variant: string | null): readonly string[] =>
  variant === null || variant === '' ? [] : variant.split('+')

/**
 * Issues and verifies recommendation ids. An id has at most 256 characters:
 *
 *     base64url( write timestamp of the revision (8 bytes) · list (6) · tag (10) ) [ "." variants [ "." placement ] ]
 *
 * `list` is a hash of the revision, the arguments and the items in their order. So lists with different items never
 * share an id, even if one revision was returned before and after an item left the shop. `tag` is an HMAC-SHA-256 over
 * everything else and the user's id, truncated to 80 bits (RFC 2104, section 5). So an id is valid for one user only,
 * cannot be made without the key, and does not disclose the user. The same list has the same id in every process that
 * has the key.
 */
export class RecommendationIds {
  private readonly key: KeyObject

  /**
   * @param key at least 32 random bytes, the same in all servers and workers
   * @param onIssue called for every id that is issued, not for one that is reused
   */
  constructor(
    key: Uint8Array,
    private readonly onIssue: OnIssue = () => {},
  ) {
    this.key = createSecretKey(key)
  }

  /** @param before the id last issued for this user, revision, variant and placement; reused if the list is the same */
  issue(identified: IdentifiedList, before?: IssuedId): IssuedId {
    const { userId, revision, variant, placement = null, arguments: args, itemIds } = identified
    const place = placement === null ? '' : `${placement}\n`
    const list = hash('sha256', `${revision}\n${place}${args}\n${JSON.stringify(itemIds)}`, 'base64url').slice(
      0,
      listCharacters,
    )
    if (before?.list === list) return before
    const bytes = Buffer.allocUnsafe(headBytes + tagBytes)
    bytes.writeBigUInt64BE(writeTimestampIn(revision))
    bytes.write(list, timestampBytes, listBytes, 'base64url')
    const subject = subjectOf(variant, placement)
    this.tagOf(bytes.subarray(0, headBytes), subject, userId).copy(bytes, headBytes)
    const text = bytes.toString('base64url')
    const id = subject === '' ? text : `${text}.${subject}`
    this.onIssue(id, itemIds)
    return { list, id }
  }

  /**
   * @param userId null: for a list of a session
   * @returns undefined unless the id was issued with this key for a list of this user
   */
  verify(id: string, userId: string | null): VerifiedId | undefined {
    const match = idPattern.exec(id)
    if (!match) return undefined
    const bytes = Buffer.from(match[1]!, 'base64url')
    const variant = match[2] || null
    const placement = match[3] ?? null
    const tag = this.tagOf(bytes.subarray(0, headBytes), subjectOf(variant, placement), userId)
    if (!timingSafeEqual(tag, bytes.subarray(headBytes))) return undefined
    return { writeTimestamp: bytes.readBigUInt64BE(0), variant, placement }
  }

  /** A subject has no line break, so the boundary between the parts is unambiguous. */
  private tagOf(head: Uint8Array, subject: string, userId: string | null): Buffer {
    const reader = userId === null ? 'session' : `user\n${userId}`
    return createHmac('sha256', this.key).update(head).update(`${subject}\n${reader}`).digest().subarray(0, tagBytes)
  }
}

/** The unencrypted part of an id. */
const subjectOf = (variant: string | null, placement: string | null): string =>
  placement === null ? (variant ?? '') : `${variant ?? ''}.${placement}`
