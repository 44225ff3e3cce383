import { setTimeout } from 'node:timers/promises'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type Applied, applyRequest } from './apply-commands.ts'
import { type EnvironmentOptions, openEnvironment } from './environment.ts'
import { openChannel, type Signal } from './signals.ts'
import type { WriteReply, WriteRequest, WriterMessage, WriterNotice } from './write-commands.ts'

/**
 * The thread that waits for the disk, so that no event loop blocks. All requests in its ports when it begins become one
 * transaction and one fsync; requests that arrive meanwhile form the next (group commit over all connected threads).
 */
const options = workerData as EnvironmentOptions
const env = openEnvironment(options)
const channel = openChannel(options.dir)
const ports = new Set<MessagePort>()

interface PendingRequest {
  readonly port: MessagePort
  readonly request: WriteRequest
}

/**
 * Maximum wait for the other threads to disconnect. The last write of a thread that is busy for longer is rejected
 * with an unknown outcome.
 */
const leaveMsMax = 1000
/** Maximum requests per transaction; a request has at most about 4 MiB. */
const batchRequestsMax = 8

listen(parentPort!)

function listen(port: MessagePort) {
  ports.add(port)
  port.on('message', (message: WriterMessage) => receive(port, message))
  port.on('close', () => ports.delete(port))
}

function receive(port: MessagePort, message: WriterMessage) {
  if (message === 'close') return void close()
  if ('connect' in message) return listen(message.connect)
  const asked: PendingRequest[] = [{ port, request: message }]
  const control: [MessagePort, WriterMessage][] = []
  for (const each of ports) {
    if (asked.length >= batchRequestsMax) break
    const more = receiveMessageOnPort(each)?.message as WriterMessage | undefined
    if (more === undefined) continue
    if (more === 'close' || 'connect' in more) control.push([each, more])
    else asked.push({ port: each, request: more })
  }
  commit(asked)
  for (const [from, each] of control) receive(from, each)
}

/**
 * Commits all requests in one transaction. If that fails, commits each alone, so that one that cannot be written does
 * not reject the others.
 */
function commit(asked: readonly PendingRequest[]) {
  try {
    const applied = env.root.transactionSync(() => asked.map(({ request }) => apply(request)))
    const growth = applied.flatMap((each) => each.growth)
    if (growth.length > 0) channel.postMessage({ growth } satisfies Signal)
    for (const [i, { port, request }] of asked.entries()) {
      const { baseOffsets, purged } = applied[i]!
      port.postMessage({ id: request.id, baseOffsets, purged } satisfies WriteReply)
    }
  } catch (error) {
    if (asked.length > 1) for (const each of asked) commit([each])
    else refuse(asked[0]!, error)
  }
}

function apply({ commands, tasks }: WriteRequest): Applied {
  return applyRequest(env, Buffer.from(commands.buffer, commands.byteOffset, commands.byteLength), tasks)
}

function refuse({ port, request }: PendingRequest, error: unknown) {
  const { message, code } = error as Error & { code?: string | number }
  port.postMessage({ id: request.id, error: { message, code } } satisfies WriteReply)
}

/**
 * Tells the other threads that share this writer to stop sending, and answers requests that they have already sent:
 * otherwise it would be unknown whether those writes were done.
 */
async function close() {
  const others = [...ports].filter((port) => port !== parentPort)
  for (const port of others) port.postMessage('closing' satisfies WriterNotice)
  const left = Promise.all(others.map((port) => new Promise((resolve) => port.once('close', resolve))))
  await Promise.race([left, setTimeout(leaveMsMax, undefined, { ref: false })])
  channel.close()
  await env.root.close()
  for (const port of ports) port.close()
}
