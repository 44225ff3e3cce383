import { WebSocketTransport } from './live-websocket.ts'
import type { LiveOptions, Operation, Transport, TransportListener } from './transport.ts'

/** The server also limits the sockets of one visitor (20 by default), who may have several pages open. */
const socketsMax = 4

/** All subscriptions over as few WebSockets as the server's limit of open operations on one socket allows. */
export class WebSocketPool implements Transport {
  private readonly sockets: WebSocketTransport[] = []
  private readonly options: LiveOptions
  private readonly implementation: unknown
  /** The server's default. A server with a lower limit names it when it refuses an operation. */
  private perSocketMax = 20

  constructor(options: LiveOptions, implementation: unknown) {
    this.options = options
    this.implementation = implementation
  }

  subscribe<Data>(operation: Operation, on: TransportListener<Data>): () => void {
    let leave = (): void => {}
    let triesLeft = socketsMax
    const start = (): void => {
      leave = this.roomiest().subscribe<Data>(operation, {
        ...on,
        onEnd: (ending) => {
          const limit = ending.refusal?.extensions.operationsMax
          if (typeof limit === 'number') this.perSocketMax = limit
          if (typeof limit === 'number' && --triesLeft > 0) start()
          else on.onEnd(ending)
        },
      })
    }
    start()
    return () => leave()
  }

  close(): void {
    for (const socket of this.sockets) socket.close()
  }

  /** The first socket with room, so that later ones empty. Where all are full, the server decides. */
  private roomiest(): WebSocketTransport {
    const { sockets } = this
    const withRoom = sockets.find(({ size }) => size < this.perSocketMax)
    if (withRoom) return withRoom
    if (sockets.length >= socketsMax)
      return sockets.reduce((least, socket) => (socket.size < least.size ? socket : least))
    const socket = new WebSocketTransport(this.options, this.implementation)
    sockets.push(socket)
    return socket
  }
}
