import { parentPort, workerData } from 'node:worker_threads'
import { applyRequest } from './apply-commands.ts'
import { type EnvironmentOptions, openEnvironment } from './environment.ts'
import { openChannel, type Signal } from './signals.ts'
import type { WriteReply, WriteRequest } from './write-commands.ts'

/**
 * The thread that waits for the disk, so that no event loop has to. One request is one transaction and one fsync; while it
 * runs, the next request grows in the thread that asks (group commit).
 */
const options = workerData as EnvironmentOptions
const env = openEnvironment(options)
const channel = openChannel(options.dir)

parentPort!.on('message', (message: WriteRequest | 'close') => {
  if (message === 'close') void close()
  else parentPort!.postMessage(apply(message))
})

function apply({ id, commands, tasks }: WriteRequest): WriteReply {
  const bytes = Buffer.from(commands.buffer, commands.byteOffset, commands.byteLength)
  try {
    const { baseOffsets, growth, purged } = env.root.transactionSync(() => applyRequest(env, bytes, tasks))
    if (growth.length > 0) channel.postMessage({ growth } satisfies Signal)
    return { id, baseOffsets, purged }
  } catch (error) {
    const { message, code } = error as Error & { code?: string | number }
    return { id, error: { message, code } }
  }
}

async function close() {
  channel.close()
  await env.root.close()
  parentPort!.close()
}
