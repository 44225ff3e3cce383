import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface Proxy {
  /** The address of the target, by way of the proxy. */
  readonly url: string
  /** Connections that it cut. */
  readonly cuts: () => number
  close(): Promise<void>
}

/** Passes bytes on and cuts each connection over which nothing came for `idleMs`, as load balancers do after 60 s. */
export async function startIdleCuttingProxy(target: string, idleMs: number): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let cuts = 0
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    const pair = [near, far]
    const cut = () => {
      for (const socket of pair) socket.destroy()
    }
    let timer: NodeJS.Timeout
    const touch = () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        cuts++
        cut()
      }, idleMs)
    }
    touch()
    for (const socket of pair) {
      open.add(socket)
      socket.on('data', touch)
      socket.on('error', cut)
      socket.on('close', () => {
        clearTimeout(timer)
        open.delete(socket)
        cut()
      })
    }
    near.pipe(far)
    far.pipe(near)
  })
  return listening(server, target, () => cuts, open)
}

/** Passes HTTP requests on and refuses to upgrade a connection, as some company networks do. */
export async function startUpgradeRefusingProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let cuts = 0
  const server = createHttpServer((request, answer) => {
    const { method, url, headers } = request
    const passed = httpRequest({ hostname, port, method, path: url, headers }, (from) => {
      answer.writeHead(from.statusCode!, from.headers)
      from.pipe(answer)
      from.on('error', () => answer.destroy())
    })
    passed.on('error', () => answer.destroy())
    answer.on('close', () => passed.destroy())
    request.pipe(passed)
  })
  server.on('upgrade', (_request, socket) => {
    cuts++
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  return listening(server, target, () => cuts, open)
}

async function listening(server: Server, target: string, cuts: () => number, open: Set<Socket>): Promise<Proxy> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    cuts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}
