import type { FastifyReply, FastifyRequest } from 'fastify'
import type { UnsentAnswers } from './unsent.ts'

/** Shorter answers fit into the buffers of the connection and are not watched. */
const watchedBytesMin = 16 * 1024

/**
 * Returns an onSend hook that counts an answer until the client has read it, and disconnects a client that takes longer
 * than `sendMs`.
 */
export function createSendInTime(unsent: UnsentAnswers, sendMs: number) {
  return (
    { raw, identity }: FastifyRequest,
    { raw: response }: FastifyReply,
    payload: unknown,
    done: (error?: Error | null) => void,
  ): void => {
    const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : 0
    if (identity && bytes >= watchedBytesMin) {
      const sent = unsent.add(identity.client, bytes)
      const timer = setTimeout(() => raw.socket.destroy(), sendMs)
      response.once('close', () => {
        clearTimeout(timer)
        sent()
      })
    }
    done()
  }
}
