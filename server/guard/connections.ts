import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { networkOf } from './client-address.ts'

interface Options {
  readonly connectionsMax: number
  /** Of one IPv4 address or IPv6 /64. 0: no limit. */
  readonly perNetworkMax: number
  /** Whether connections of an address are not limited: a trusted proxy brings those of many clients. */
  readonly isExempt: (address: string) => boolean
}

/** The share of the process's open files that connections may take: the log, the store and modules need the others. */
const openFilesShareMax = 0.8

/**
 * Limits the TCP connections of a server, in all and by network; what is beyond is closed at once. When all are in use,
 * those between two requests are closed first.
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

/** The soft limit of open files (`ulimit -n`); Infinity where the system does not say. */
function openFilesMax(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
