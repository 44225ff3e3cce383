export type Role = 'nobody' | 'shopper' | 'service' | 'operator'

/** Who asks. Made from a token, an API key, or (where access is open) from nothing. */
export interface Identity {
  readonly role: Role
  /** The user a shopper is. */
  readonly userId?: string
  /** A shopper's earlier self, vouched for by the token: may be identified as the user. */
  readonly guestId?: string
  /** Names the client in limits; for a shopper a hash. Never logged together with what they did. */
  readonly client: string
  /** When the token ends, ms; a socket ends with it. */
  readonly expiresAt?: number
}
