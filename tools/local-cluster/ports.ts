import { createServer, type Server } from 'node:net'

/** Ports that are free on every given address at this moment. All are held until the last is known, so none is given twice. */
export async function freePorts(count: number, hosts: readonly string[] = ['127.0.0.1']): Promise<number[]> {
  const held: Server[] = []
  const ports: number[] = []
  try {
    while (ports.length < count) {
      const first = await listen(hosts[0] ?? '127.0.0.1', 0)
      held.push(first)
      const address = first.address()
      if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
      const others = await Promise.allSettled(hosts.slice(1).map((host) => listen(host, address.port)))
      for (const other of others) if (other.status === 'fulfilled') held.push(other.value)
      if (others.every(({ status }) => status === 'fulfilled')) ports.push(address.port)
      if (held.length > 100 * count) throw new Error(`no free port on all of ${hosts.join(', ')}`)
    }
    return ports
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, host, () => resolve(server))
  })
}
