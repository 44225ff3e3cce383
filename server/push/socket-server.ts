import { type Server as HttpServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, handleProtocols } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import { AppError, messageOf } from '../../schema/app-error.ts'
import { statusOf } from '../graphql/errors.ts'
import { credentialsOf } from '../guard/gate.ts'
import type { UnsentAnswers } from '../guard/unsent.ts'
import { clientOf } from '../guard/work-queues.ts'
import { refusalOf } from '../http.ts'
import type { Client } from './client.ts'
import { MessageRate } from './message-rate.ts'
import type { OpenConnections } from './open-connections.ts'
import type { Protocol } from './protocol.ts'
import { terminateIfBufferFull } from './unsent-limit.ts'

/** Maximum messages of one socket per second, including pings, unless its client acts for many people. */
const messagesPerSecondMax = 500

interface Options {
  readonly http: HttpServer
  readonly path: string
  readonly config: Config
  readonly logger: Logger
  readonly clock: Clock
  readonly protocol: Protocol
  readonly addressOf: (request: IncomingMessage) => string
  /** Whether the page that sent the request may open sockets. @throws AppError FORBIDDEN */
  readonly checkPage: (request: IncomingMessage) => void
  readonly connections: OpenConnections
  readonly unsent: UnsentAnswers
}

const goingAway = 1001
const terminateAfterMs = 5_000
const messageBytesMax = 64 * 1024

/** Opens and closes sockets on ws, with limits and keep-alive. protocol.ts handles the messages. */
export class SocketServer {
  private readonly server: WebSocketServer
  private readonly clients = new Set<Client>()
  private readonly sweep: NodeJS.Timeout
  private readonly onUpgrade: (request: IncomingMessage, stream: Duplex, head: Buffer) => void

  constructor(private readonly options: Options) {
    this.server = new WebSocketServer({
      noServer: true,
      autoPong: false, // see answerPings
      maxPayload: messageBytesMax, // the default is 100 MiB
      perMessageDeflate: false, // would take 300 kB per socket, and most of the time of a push
      handleProtocols,
      clientTracking: false,
    })
    this.onUpgrade = (request, stream, head) => this.upgrade(request, stream, head)
    options.http.on('upgrade', this.onUpgrade)
    this.sweep = setInterval(() => this.keepAlive(), options.config.KEEP_ALIVE_MS)
    this.sweep.unref()
  }

  get size(): number {
    return this.clients.size
  }

  /** Closes every socket with code 1001 (clients may reconnect, elsewhere) and terminates those that do not answer in time. */
  async close(): Promise<void> {
    const { http, clock } = this.options
    http.off('upgrade', this.onUpgrade)
    clearInterval(this.sweep)
    for (const { socket } of this.clients) socket.close(goingAway, 'Going away')
    for (let waited = 0; this.clients.size > 0 && waited < terminateAfterMs; waited += 20) await clock.sleep(20)
    for (const { socket } of this.clients) socket.terminate()
    this.server.close()
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // A reset while the socket is rejected needs no handling.
    stream.on('error', () => {})
    try {
      this.check(request)
    } catch (error) {
      if (!(error instanceof AppError))
        this.options.logger.error({ err: error }, 'opening a socket failed with an unexpected error')
      refuse(stream, error instanceof AppError ? error : new AppError('UNAVAILABLE', { message: 'internal error' }))
      return
    }
    this.server.handleUpgrade(request, stream, head, (socket) => this.open(socket, request))
  }

  /** @throws AppError if no socket may be opened */
  private check(request: IncomingMessage): void {
    const { path, checkPage, addressOf, connections } = this.options
    if (request.url?.split('?')[0] !== path) {
      throw new AppError('NOT_FOUND', { message: `there is nothing here; the API is at ${path}` })
    }
    checkPage(request)
    connections.check(credentialsOf(request, { addressOf }).address)
  }

  private open(socket: WebSocket, request: IncomingMessage): void {
    const { protocol, clock, logger, addressOf, connections } = this.options
    const credentials = credentialsOf(request, { addressOf })
    const counted = connections.open(credentials.address)
    const client: Client = {
      socket,
      ...credentials,
      identity: undefined,
      expiry: undefined,
      connection: undefined,
      claim: (identity) => counted.claim(identity),
      idleSince: clock.now(),
      alive: true,
    }
    this.clients.add(client)
    // After a broken frame or a reset, ws closes the socket itself.
    socket.on('error', (error) => logger.debug({ reason: messageOf(error) }, 'a socket failed'))
    socket.on('pong', () => {
      client.alive = true
    })
    const rate = new MessageRate(messagesPerSecondMax)
    const isAccepted = () => {
      if (socket.readyState !== socket.OPEN || terminateIfBufferFull(socket)) return false
      const isShared = client.identity !== undefined && clientOf(client.identity).shared
      if (rate.take(clock.now()) || isShared) return true
      socket.close(CloseCode.TooManyInitialisationRequests, 'Too many messages')
      socket.terminate() // a flooding client would not wait for the answer
      return false
    }
    answerPings(socket, isAccepted)
    const connection = protocol.open(client, {
      protocol: socket.protocol,
      send: (text) => this.send(client, text),
      close: (code, reason) => socket.close(code, reason),
    })
    socket.on('message', (data) => {
      // Some messages are answered, especially pings. A client that does not read the answers is disconnected.
      if (isAccepted()) connection.receive(String(data))
    })
    socket.once('close', () => {
      clearTimeout(client.expiry)
      connection.closed()
      counted.close()
      this.clients.delete(client)
    })
  }

  /** Disconnects clients that exceed the limit of unread answers. */
  private send({ socket, identity, address }: Client, text: string): void {
    const { unsent } = this.options
    if (socket.readyState !== socket.OPEN) return
    if (identity && !unsent.hasRoom(clientOf(identity))) {
      socket.terminate()
      return
    }
    const sent = unsent.add(identity?.client ?? address, Buffer.byteLength(text))
    socket.send(text, sent)
  }

  /**
   * One timer for all sockets. Sends pings, and closes sockets that did not answer the last ping and sockets that are
   * not used.
   */
  private keepAlive(): void {
    const { config, clock } = this.options
    const idleBefore = clock.now() - config.LIMIT_SOCKET_IDLE_MS
    for (const client of this.clients) {
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

function refuse(stream: Duplex, error: AppError): void {
  const status = error.code === 'NOT_FOUND' ? 404 : statusOf(error)
  const body = JSON.stringify(refusalOf(error))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  stream.once('finish', () => stream.destroy())
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * Answers only the newest ping of a turn, as RFC 6455 (5.5.3) allows, so that a flood of pings costs one write per
 * turn.
 */
function answerPings(socket: WebSocket, isAccepted: () => boolean): void {
  let newest: Buffer | undefined
  socket.on('ping', (data) => {
    if (!isAccepted()) return
    if (newest === undefined) {
      setImmediate(() => {
        if (socket.readyState === socket.OPEN) socket.pong(newest)
        newest = undefined
      })
    }
    newest = data
  })
}
