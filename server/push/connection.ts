import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import {
  CloseCode,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  MessageType,
  type SubscribePayload,
  validateMessage,
} from 'graphql-ws'
import type { JsonResult } from '../graphql/json-plan.ts'
import { resultText } from './result-text.ts'
import type { Framing } from './subscriber.ts'

/** The part of a WebSocket that the protocol needs. */
export interface ConnectionSocket {
  /** The negotiated subprotocol; empty if there is none. */
  readonly protocol: string
  send(text: string): void
  close(code: number, reason: string): void
}

/** Callbacks of the server. None of these may throw or reject. */
export interface ConnectionHooks {
  /** Called once, for connection_init. Resolves to false to reject the client with close code 4403. */
  connect(params: Readonly<Record<string, unknown>>): Promise<boolean>
  /** Called for every `subscribe` message. Answers through `operation`, now or later. */
  start(operation: SocketOperation, payload: SubscribePayload): void
  formatErrors(errors: readonly GraphQLError[]): readonly GraphQLFormattedError[]
  /** Called whenever an operation has ended, for any reason. */
  onOperationEnd(): void
}

/**
 * One connection of the graphql-transport-ws protocol. It owns its operations: every message is handled in the turn in
 * which it arrives, an id names at most one open operation, and an operation is released exactly once: by `complete`
 * from either side, by an error, or by the end of the connection. Work prepared for an operation that has ended is
 * released at once (SocketOperation.hold), so subscribe, complete and subscribe with one id in one turn leave one
 * operation.
 */
export class Connection {
  private readonly operations = new Map<string, SocketOperation>()
  private readonly initTimer: NodeJS.Timeout
  private state: 'new' | 'initializing' | 'acknowledged' | 'closed' = 'new'

  /** @param initWaitMs maximum time until connection_init; then the socket is closed with 4408 */
  constructor(
    private readonly socket: ConnectionSocket,
    private readonly hooks: ConnectionHooks,
    initWaitMs: number,
  ) {
    this.initTimer = setTimeout(() => {
      if (this.state === 'new') this.close(CloseCode.ConnectionInitialisationTimeout, 'connection_init is overdue')
    }, initWaitMs)
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      this.close(CloseCode.SubprotocolNotAcceptable, `expected the subprotocol ${GRAPHQL_TRANSPORT_WS_PROTOCOL}`)
    }
  }

  /** Number of open operations. */
  get size(): number {
    return this.operations.size
  }

  receive(text: string): void {
    if (this.state === 'closed') return
    const message = parse(text)
    switch (message?.type) {
      case MessageType.ConnectionInit:
        this.initialize(message.payload ?? {})
        break
      case MessageType.Ping:
        this.send({ type: MessageType.Pong, ...(message.payload && { payload: message.payload }) })
        break
      case MessageType.Pong:
        break
      case MessageType.Subscribe:
        this.subscribe(message.id, message.payload)
        break
      case MessageType.Complete:
        this.operations.get(message.id)?.end()
        break
      default:
        this.close(CloseCode.BadRequest, 'expected a message of graphql-transport-ws as clients send them')
    }
  }

  /** The socket has closed: releases everything. */
  closed(): void {
    this.state = 'closed'
    clearTimeout(this.initTimer)
    for (const operation of [...this.operations.values()]) operation.end()
  }

  private initialize(params: Readonly<Record<string, unknown>>): void {
    if (this.state !== 'new') {
      this.close(CloseCode.TooManyInitialisationRequests, 'expected connection_init once')
      return
    }
    this.state = 'initializing'
    const admit = (isAdmitted: boolean) => {
      if (this.state !== 'initializing') return
      if (isAdmitted) {
        this.state = 'acknowledged'
        this.send({ type: MessageType.ConnectionAck })
      } else this.close(CloseCode.Forbidden, 'Forbidden')
    }
    this.hooks
      .connect(params)
      .then(admit)
      .catch(() => this.close(CloseCode.InternalServerError, 'internal error'))
  }

  private subscribe(id: string, payload: SubscribePayload): void {
    if (this.state !== 'acknowledged') {
      this.close(CloseCode.Unauthorized, 'expected connection_ack first')
      return
    }
    if (this.operations.has(id)) {
      this.close(CloseCode.SubscriberAlreadyExists, 'expected an id that no open operation has')
      return
    }
    const operation = new SocketOperation(id, {
      send: (message) => this.send(message),
      sendText: (text) => this.socket.send(text),
      formatErrors: this.hooks.formatErrors,
      onEnd: () => {
        this.operations.delete(id)
        this.hooks.onOperationEnd()
      },
    })
    this.operations.set(id, operation)
    this.hooks.start(operation, payload)
  }

  private send(message: Readonly<Record<string, unknown>>): void {
    this.socket.send(JSON.stringify(message))
  }

  private close(code: number, reason: string): void {
    this.closed()
    this.socket.close(code, reason)
  }
}

interface OperationParts {
  readonly send: (message: Readonly<Record<string, unknown>>) => void
  readonly sendText: (text: string) => void
  readonly formatErrors: ConnectionHooks['formatErrors']
  readonly onEnd: () => void
}

/** One operation of a connection, from `subscribe` until it ends. After that, nothing is sent with its id. */
export class SocketOperation {
  private release: (() => void) | undefined
  private hasEnded = false

  constructor(
    readonly id: string,
    private readonly parts: OperationParts,
  ) {}

  get ended(): boolean {
    return this.hasEnded
  }

  /** @param release called once, when the operation ends; at once if it has ended already */
  hold(release: () => void): void {
    if (this.hasEnded) release()
    else this.release = release
  }

  framingOf(): Framing {
    return nextMessageFraming(this.id)
  }

  /** Sends the one answer of a query or mutation, or the errors that a subscription ended with, then `complete`. */
  answer(answer: JsonResult): void {
    if (this.hasEnded) return
    this.parts.sendText(nextMessageHead(this.id) + resultText(answer, this.parts.formatErrors) + nextMessageTail)
    this.parts.send({ id: this.id, type: MessageType.Complete })
    this.end()
  }

  /** Rejects the request: nothing was executed. */
  refuse(errors: readonly GraphQLError[]): void {
    if (this.hasEnded) return
    this.parts.send({ id: this.id, type: MessageType.Error, payload: this.parts.formatErrors(errors) })
    this.end()
  }

  /** Ends it without a message. */
  end(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.parts.onEnd()
    this.release?.()
  }
}

/** A pushed value as a `next` message of the operation with this id. */
export function nextMessageFraming(id: string): Framing {
  const head = nextMessageHead(id)
  return { head: () => head, tail: nextMessageTail }
}

/** A `next` message, up to the value of `payload`. */
const nextMessageHead = (id: string): string => `{"id":${JSON.stringify(id)},"type":"${MessageType.Next}","payload":`

/** A `next` message, after the value of `payload`. */
const nextMessageTail = '}'

/** graphql-ws requires a text in each `subscribe`, but a persisted document is named by its id. */
function parse(text: string): ReturnType<typeof validateMessage> | undefined {
  try {
    const message = JSON.parse(text)
    const payload = message?.type === MessageType.Subscribe ? message.payload : undefined
    if (payload?.query == null && (payload?.documentId ?? payload?.extensions) != null) payload.query = ''
    return validateMessage(message)
  } catch {
    return undefined
  }
}
