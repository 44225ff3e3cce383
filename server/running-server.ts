import type { AddressInfo } from 'node:net'
import type { ApolloServer } from '@apollo/server'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../platform/config.ts'
import type { RequestContext, Services } from './context.ts'
import type { Readiness } from './health.ts'
import type { SocketServer } from './push/socket-server.ts'
import type { EventStreams } from './sse/event-streams.ts'

export interface Server {
  /** Opens the port; resolves with the address as a URL, for example `http://127.0.0.1:4000`. */
  listen(): Promise<string>
  /**
   * Stops accepting requests, closes the sockets (1001), answers requests in flight, then stops following the topics.
   */
  close(): Promise<void>
  /** undefined while it does not listen. */
  readonly address: string | undefined
  readonly http: FastifyInstance
  /** Offset after the newest record of topic items that it has read. */
  catalogReadUpTo(): number
}

interface Parts {
  readonly config: Pick<Config, 'HOST' | 'PORT'>
  readonly http: FastifyInstance
  readonly apollo: ApolloServer<RequestContext>
  readonly streams: EventStreams
  readonly sockets: SocketServer
  readonly services: Pick<Services, 'catalog'>
  readonly readiness: Readiness
  readonly stopServices: () => Promise<void>
}

const closeIdleMs = 50

/** The parts of the server, in the order in which they are opened and closed. */
export class RunningServer implements Server {
  readonly http: FastifyInstance
  address: string | undefined
  private closing: Promise<void> | undefined

  constructor(private readonly parts: Parts) {
    this.http = parts.http
  }

  catalogReadUpTo(): number {
    return this.parts.services.catalog.readUpTo
  }

  async listen(): Promise<string> {
    const { HOST: host, PORT: port } = this.parts.config
    await this.http.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error
      const message = `PICKSTREAM_PORT: something else listens on ${host}, port ${port}; stop it or name another port`
      throw new Error(message, { cause: error })
    })
    return (this.address = urlOf(this.http.server.address() as AddressInfo))
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeAll())
  }

  private async closeAll(): Promise<void> {
    const { http, apollo, streams, sockets, readiness, stopServices } = this.parts
    readiness.stopping = true
    streams.close()
    await sockets.close()
    // A connection whose answer was in flight stays open after it (keep-alive), so idle ones are closed until all have ended.
    const ending = setInterval(() => http.server.closeIdleConnections(), closeIdleMs)
    await http.close().finally(() => clearInterval(ending))
    await apollo.stop()
    await stopServices()
  }
}

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
