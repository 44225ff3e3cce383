import type { Context } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Credentials } from '../access/authenticator.ts'
import type { Identity } from '../access/identity.ts'

/** One open socket and what is known of who is behind it. Credentials of its opening count where connection_init has none. */
export interface Client extends Credentials {
  readonly socket: WebSocket
  identity: Identity | undefined
  /** Ends the socket with its token. */
  expiry: NodeJS.Timeout | undefined
  subscriptions: number
  /** Since when it has had no subscription, ms. */
  idleSince: number
  /** Whether it answered the last ping. */
  alive: boolean
}

export type ClientContext = Context<Record<string, unknown>, Client>
