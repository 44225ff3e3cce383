import type { WebSocket } from 'ws'
import type { Credentials } from '../guard/authenticator.ts'
import type { Identity } from '../guard/identity.ts'
import type { Connection } from './connection.ts'

/** One open socket and its client. Credentials of the upgrade request are used if connection_init has none. */
export interface Client extends Credentials {
  readonly socket: WebSocket
  identity: Identity | undefined
  /** Closes the socket when its token expires. */
  expiry: NodeJS.Timeout | undefined
  /** Called once the identity is known. @returns false if the shopper already has the maximum number of sockets */
  readonly claim: (identity: Identity) => boolean
  /** The protocol on the socket, which owns the operations; undefined until it was begun. */
  connection: Connection | undefined
  /** When the last operation ended, ms. */
  idleSince: number
  /** Whether the client answered the last ping. */
  alive: boolean
}
