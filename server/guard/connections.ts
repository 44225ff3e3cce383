import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { networkOf } from './client-address.ts'

interface Options {
  readonly connectionsMax: number
  /** Per IPv4 address or IPv6 /64. 0: no limit. */
  readonly perNetworkMax: number
  /** Whether connections of an address are not limited, because a trusted proxy forwards many clients. */
  readonly isExempt: (address: string) => boolean
}

/** Share of the open files of the process that connections may use; the log, the store and modules need the rest. */
const openFilesShareMax = 0.8

/**
 * Limits the TCP connections of a server, in all and per network. Connections beyond the limit are closed at once. When
 * all are in use, connections that wait for their next request are closed first.
 */
export function limitConnections(server: Server, options: Options): void {
  const { perNetworkMax, isExempt } = options
  const connectionsMax = Math.floor(Math.min(options.connectionsMax, openFilesMax() * openFilesShareMax))
  const byNetwork = new Map<string, number>()
  let inAll = 0
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress
    if (inAll >= connectionsMax) server.closeIdleConnections()
    const network = address === undefined || isExempt(address) ? undefined : networkOf(address)
    const ofNetwork = network === undefined ? 0 : (byNetwork.get(network) ?? 0)
    const isBeyond = perNetworkMax > 0 && ofNetwork >= perNetworkMax
    if (address === undefined || inAll >= connectionsMax || isBeyond) {
      socket.destroy()
      return
    }
    inAll++
    if (network !== undefined) byNetwork.set(network, ofNetwork + 1)
    socket.once('close', () => {
      inAll--
      if (network === undefined) return
      const left = (byNetwork.get(network) ?? 1) - 1
      if (left > 0) byNetwork.set(network, left)
      else byNetwork.delete(network)
    })
  })
}

/** The soft limit of open files (`ulimit -n`); Infinity if the system does not report it. */
function openFilesMax(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
