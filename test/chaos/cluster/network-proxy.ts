import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { ProxiedPort } from '../../../tools/local-cluster/cluster.ts'

/** How a network fails: nothing arrives and nobody is told; or connections end at once. */
export type Cut = 'silence' | 'reset'

/** One door of a node, which can be shut: a TCP proxy between the product's processes and one broker or Cassandra node. */
export class NetworkProxy {
  private readonly server = createServer((socket) => this.lead(socket))
  private readonly open = new Set<Socket>()
  private cut: Cut | undefined

  private constructor(readonly door: ProxiedPort) {}

  static async open(door: ProxiedPort): Promise<NetworkProxy> {
    const proxy = new NetworkProxy(door)
    proxy.server.listen(door.outside.port, door.outside.host)
    await once(proxy.server, 'listening')
    return proxy
  }

  shut(cut: Cut): void {
    this.cut = cut
    for (const socket of this.open) {
      if (cut === 'reset') socket.resetAndDestroy()
      else socket.pause()
    }
  }

  /** What was on its way when it was shut is lost with its connection, as after a cable was pulled out for long. */
  reopen(): void {
    this.cut = undefined
    for (const socket of this.open) socket.resetAndDestroy()
  }

  async close(): Promise<void> {
    this.shut('reset')
    this.server.close()
    await once(this.server, 'close')
  }

  private lead(client: Socket): void {
    if (this.cut === 'reset') {
      client.resetAndDestroy()
      return
    }
    if (this.cut === 'silence') {
      this.remember(client) // connected, and never answered
      client.pause()
      return
    }
    const node = connect(this.door.inside)
    for (const [from, to] of [
      [client, node],
      [node, client],
    ] as const) {
      this.remember(from)
      from.setNoDelay(true)
      from.on('data', (bytes) => {
        if (this.cut) from.pause()
        else if (!to.write(bytes)) from.pause()
      })
      to.on('drain', () => this.cut ?? from.resume())
      from.on('end', () => to.end())
      from.on('close', () => to.destroy())
    }
  }

  private remember(socket: Socket): void {
    this.open.add(socket)
    socket.on('error', () => {}) // 'close' follows
    socket.on('close', () => this.open.delete(socket))
  }
}
