import { type Server as HttpServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { handleProtocols } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import { messageOf } from '../../schema/app-error.ts'
import { credentialsOf } from '../access/gate.ts'
import { endIfStuck } from './backlog.ts'
import type { Client } from './client.ts'
import type { Protocol } from './protocol.ts'

interface Options {
  readonly http: HttpServer
  readonly path: string
  readonly config: Config
  readonly logger: Logger
  readonly clock: Clock
  readonly protocol: Protocol
  readonly addressOf: (request: IncomingMessage) => string
  /** Whether a page of the request's origin may open sockets here. */
  readonly allowsOrigin: (request: IncomingMessage) => boolean
  /** 0: no limit */
  readonly socketsPerAddressMax: number
}

const goingAway = 1001
const terminateAfterMs = 5_000
const messageBytesMax = 64 * 1024

/** Sockets on ws: opening, limits, keep-alive and the end. What is said on them is the protocol's. */
export class SocketServer {
  readonly #options: Options
  readonly #server: WebSocketServer
  readonly #clients = new Set<Client>()
  readonly #byAddress = new Map<string, number>()
  readonly #sweep: NodeJS.Timeout
  readonly #onUpgrade: (request: IncomingMessage, stream: Duplex, head: Buffer) => void

  constructor(options: Options) {
    this.#options = options
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: messageBytesMax, // the default is 100 MiB
      perMessageDeflate: false, // would cost 300 kB a socket, and most of the time of a push
      handleProtocols,
      clientTracking: false,
    })
    this.#onUpgrade = (request, stream, head) => this.#upgrade(request, stream, head)
    options.http.on('upgrade', this.#onUpgrade)
    this.#sweep = setInterval(() => this.#keepAlive(), options.config.KEEP_ALIVE_MS)
    this.#sweep.unref()
  }

  get size(): number {
    return this.#clients.size
  }

  /** Says good-bye to every client (1001: it may come again, elsewhere); whoever does not answer in time is cut off. */
  async close(): Promise<void> {
    const { http, clock } = this.#options
    http.off('upgrade', this.#onUpgrade)
    clearInterval(this.#sweep)
    for (const { socket } of this.#clients) socket.close(goingAway, 'Going away')
    for (let waited = 0; this.#clients.size > 0 && waited < terminateAfterMs; waited += 20) await clock.sleep(20)
    for (const { socket } of this.#clients) socket.terminate()
    this.#server.close()
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const refusal = this.#refusalOf(request)
    if (refusal) refuse(stream, refusal)
    else this.#server.handleUpgrade(request, stream, head, (socket) => this.#open(socket, request))
  }

  /** The status to refuse with, undefined to go on. */
  #refusalOf(request: IncomingMessage): number | undefined {
    const { path, config, allowsOrigin, addressOf, socketsPerAddressMax } = this.#options
    const ofAddress = this.#byAddress.get(addressOf(request)) ?? 0
    if (request.url?.split('?')[0] !== path) return 404
    if (!allowsOrigin(request)) return 403
    if (this.#clients.size >= config.LIMIT_SOCKETS) return 503
    return socketsPerAddressMax > 0 && ofAddress >= socketsPerAddressMax ? 429 : undefined
  }

  #open(socket: WebSocket, request: IncomingMessage): void {
    const { protocol, clock, logger, addressOf } = this.#options
    const credentials = credentialsOf(request, { addressOf })
    const { address } = credentials
    const client: Client = {
      socket,
      ...credentials,
      identity: undefined,
      expiry: undefined,
      connection: undefined,
      idleSince: clock.now(),
      alive: true,
    }
    this.#clients.add(client)
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
    // A broken frame or a reset: ws closes the socket, there is nothing to add.
    socket.on('error', (error) => logger.debug({ reason: messageOf(error) }, 'a socket failed'))
    socket.on('pong', () => {
      client.alive = true
    })
    socket.on('ping', () => endIfStuck(socket))
    const connection = protocol.open(client, {
      protocol: socket.protocol,
      send: (text) => {
        if (socket.readyState === socket.OPEN) socket.send(text)
      },
      close: (code, reason) => socket.close(code, reason),
    })
    socket.on('message', (data) => {
      // Some messages are answered, pings above all: whoever does not read the answers may not ask for more.
      if (!endIfStuck(socket)) connection.receive(String(data))
    })
    socket.once('close', () => {
      clearTimeout(client.expiry)
      connection.closed()
      this.#forget(client)
    })
  }

  #forget(client: Client): void {
    this.#clients.delete(client)
    const left = (this.#byAddress.get(client.address) ?? 1) - 1
    if (left > 0) this.#byAddress.set(client.address, left)
    else this.#byAddress.delete(client.address)
  }

  /** One timer for all sockets: pings; ends those that did not answer the last ping, and those without use. */
  #keepAlive(): void {
    const { config, clock } = this.#options
    const idleBefore = clock.now() - config.LIMIT_SOCKET_IDLE_MS
    for (const client of this.#clients) {
      const { socket } = client
      if (!client.alive) {
        socket.terminate()
        continue
      }
      if (client.connection?.size === 0 && client.idleSince < idleBefore) {
        socket.close(goingAway, 'Idle')
        continue
      }
      client.alive = false
      socket.ping()
    }
  }
}

function refuse(stream: Duplex, status: number): void {
  stream.once('finish', () => stream.destroy())
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
