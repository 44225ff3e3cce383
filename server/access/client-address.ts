import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/**
 * Where a request comes from, for limits. Proxies that are trusted (addresses or networks such as `10.0.0.0/8`) are looked
 * through: the last address of X-Forwarded-For that is not one of them.
 * @throws Error where an entry is neither
 */
export function createAddressOf(trusted: readonly string[]): (request: IncomingMessage) => string {
  if (trusted.length === 0) return ({ socket }) => socket.remoteAddress ?? ''
  const proxies = toBlockList(trusted)
  const isProxy = (address: string) =>
    isIP(address) !== 0 && proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return ({ socket, headers }) => {
    let address = plain(socket.remoteAddress ?? '')
    const forwarded = String(headers['x-forwarded-for'] ?? '')
    const hops = forwarded.split(',').map((hop) => plain(hop.trim()))
    while (isProxy(address) && hops.length > 0) address = hops.pop() || address
    return address
  }
}

function toBlockList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address, bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const prefix = Number(bits ?? (family === 'ipv6' ? 128 : 32))
    if (isIP(address) === 0 || !Number.isInteger(prefix)) {
      throw new Error(`PICKSTREAM_TRUSTED_PROXIES: expected addresses or networks, got ${JSON.stringify(entry)}`)
    }
    list.addSubnet(address, prefix, family)
  }
  return list
}

/** An IPv4 address as IPv6 sockets show it, without the prefix. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
