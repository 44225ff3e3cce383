export type Role = 'nobody' | 'shopper' | 'service' | 'operator'

/** The caller, identified by a token, by an API key, or, while access is open, by nothing. */
export interface Identity {
  readonly role: Role
  /** The user of a shopper. */
  readonly userId?: string
  /** The guest that the shopper was, as named by the token; may be merged with `identify`. */
  readonly guestId?: string
  /** Key of the client in limits; for a shopper a hash. Never logged together with what the shopper did. */
  readonly client: string
  /** When the token expires, ms. A socket is closed then. */
  readonly expiresAt?: number
}
