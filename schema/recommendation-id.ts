import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto'
import { writeTimestampIn } from './revision.ts'

/** One list as it was answered: what its id stands for. */
export interface IdentifiedList {
  /** null: the list of a session. */
  readonly userId: string | null
  readonly revision: bigint
  /** `experiment~variant`, or null. Of several experiments: joined by joinVariants. */
  readonly variant: string | null
  /** Where the list stands, 1 to 64 of a-z 0-9 -. Default: null, a list without a placement. */
  readonly placement?: string | null
  /** Canonical text of all arguments that decide which items are in the list. */
  readonly arguments: string
  /** Its items, in their order. */
  readonly itemIds: readonly string[]
}

/** What a valid id says of its list. */
export interface VerifiedId {
  /** Of the list's revision: its position in topic interactions. */
  readonly writeTimestamp: bigint
  readonly variant: string | null
  readonly placement: string | null
}

/** An id, and the hash of the list that it stands for. */
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
/** Maximum characters of all variants of one id: with a placement of 64 the id has 256 characters then. */
export const variantsCharsMax = 158
const idPattern = /^([\w-]{32})(?:\.([a-z0-9~+-]{0,158})(?:\.([a-z0-9-]{1,64}))?)?$/

/**
 * Joins the variants of several experiments into one text, without those that do not fit `variantsCharsMax`.
 *
 * @param variants each as `experiment~variant`
 * @returns null for none
 */
export function joinVariants(variants: readonly string[]): string | null {
  let joined = ''
  for (const variant of variants) {
    const longer = joined === '' ? variant : `${joined}+${variant}`
    if (longer.length <= variantsCharsMax) joined = longer
  }
  return joined === '' ? null : joined
}

/** The variants that joinVariants joined. */
export const splitVariants = (variant: string | null): readonly string[] =>
  variant === null || variant === '' ? [] : variant.split('+')

/**
 * Makes and verifies recommendation ids. An id has at most 256 characters:
 *
 * base64url( write timestamp of the revision (8 bytes) · list (6) · tag (10) ) [ "." variants [ "." placement ] ]
 *
 * `list` is a hash of the revision, of the arguments and of the items in their order, so lists with different items never share an id,
 * also where one revision was answered before and after an item left the shop. `tag` is an HMAC-SHA-256 over everything
 * else and the user's id, truncated to 80 bits (RFC 2104, section 5): an id is valid for one user only and cannot be
 * made without the key. It does not disclose the user. The same list has the same id in every process that has the key.
 */
export class RecommendationIds {
  private readonly key: KeyObject

  /**
   * @param key at least 32 random bytes, the same in all servers and workers
   * @param onIssue called for every id that is made, not for one that is reused
   */
  constructor(
    key: Uint8Array,
    private readonly onIssue: OnIssue = () => {},
  ) {
    this.key = createSecretKey(key)
  }

  /** @param before what was issued last for this user, revision, variant and placement: reused where the list is the same */
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
   * @returns undefined unless the id was made with this key for a list of this user
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

  /** A subject has no line break, so the parts cannot be taken for one another. */
  private tagOf(head: Uint8Array, subject: string, userId: string | null): Buffer {
    const reader = userId === null ? 'session' : `user\n${userId}`
    return createHmac('sha256', this.key).update(head).update(`${subject}\n${reader}`).digest().subarray(0, tagBytes)
  }
}

/** What stands in an id in clear text. */
const subjectOf = (variant: string | null, placement: string | null): string =>
  placement === null ? (variant ?? '') : `${variant ?? ''}.${placement}`
