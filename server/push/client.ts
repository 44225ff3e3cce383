import type { Context } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Identity } from '../access/identity.ts'

/** One open socket and what is known of who is behind it. */
export interface Client {
  readonly socket: WebSocket
  readonly address: string
  /** Headers of the upgrade that may carry credentials, where the client cannot say them in connection_init. */
  readonly authorization: string | undefined
  readonly apiKey: string | undefined
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
