import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/**
 * Returns the address from which a request comes, for limits. Trusted proxies (addresses or networks such as
 * `10.0.0.0/8`) are skipped: the result is the last address of X-Forwarded-For that is not a trusted proxy.
 * @throws Error for an entry that is neither an address nor a network
 */
export function createAddressOf(trusted: readonly string[]): (request: IncomingMessage) => string {
  if (trusted.length === 0) return ({ socket }) => socket.remoteAddress ?? ''
  const isProxy = createProxyTest(trusted)
  return ({ socket, headers }) => {
    let address = plain(socket.remoteAddress ?? '')
    const forwarded = String(headers['x-forwarded-for'] ?? '')
    const hops = forwarded.split(',').map((hop) => plain(hop.trim()))
    while (isProxy(address) && hops.length > 0) address = hops.pop() || address
    return address
  }
}

/** Whether an address is a trusted proxy. @throws Error for an entry that is neither an address nor a network */
export function createProxyTest(trusted: readonly string[]): (address: string) => boolean {
  const proxies = toBlockList(trusted)
  return (given) => {
    const address = plain(given)
    return isIP(address) !== 0 && proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
}

/**
 * Key of a client in limits if it has no credentials: an IPv4 address, or the /64 network of an IPv6 address, because
 * one subscriber has all addresses of a /64.
 */
export function networkOf(given: string): string {
  const address = plain(given)
  if (isIP(address) !== 6) return address
  const [before, after] = (address.split('%')[0] ?? '').split('::') as [string, string?]
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  // An IPv4 address at the end counts as two groups.
  const groups = head.length + tail.length + (tail.at(-1)?.includes('.') ? 1 : 0)
  const zeros = after === undefined ? 0 : 8 - groups
  const all = [...head, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...tail]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

function toBlockList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address, bits] = entry.split('/')
    const family = isIP(address!) === 6 ? 'ipv6' : 'ipv4'
    const prefix = Number(bits ?? (family === 'ipv6' ? 128 : 32))
    if (isIP(address!) === 0 || !Number.isInteger(prefix)) {
      throw new Error(`PICKSTREAM_TRUSTED_PROXIES: expected addresses or networks, got ${JSON.stringify(entry)}`)
    }
    list.addSubnet(address!, prefix, family)
  }
  return list
}

/** Returns an IPv4 address without the prefix with which IPv6 sockets show it. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
