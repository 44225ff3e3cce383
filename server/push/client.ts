import type { WebSocket } from 'ws'
import type { Credentials } from '../guard/authenticator.ts'
import type { Identity } from '../guard/identity.ts'
import type { Connection } from './connection.ts'

/** One open socket and what is known of who is behind it. Credentials of its opening count where connection_init has none. */
export interface Client extends Credentials {
  readonly socket: WebSocket
  identity: Identity | undefined
  /** Ends the socket with its token. */
  expiry: NodeJS.Timeout | undefined
  /** Called once the identity is known. @returns false where its shopper has as many sockets as one may have */
  readonly claim: (identity: Identity) => boolean
  /** The protocol on it, which owns its operations; undefined until it was begun. */
  connection: Connection | undefined
  /** When its last operation ended, ms. */
  idleSince: number
  /** Whether it answered the last ping. */
  alive: boolean
}
