import type { KafkaBroker, KafkaProtocol } from './kafkajs-internals.ts'

/** Sends one request through the library's connection. Disconnects a broker whose connection was closed, as the library does. */
export async function sendTo<Response>(broker: KafkaBroker, protocol: KafkaProtocol<Response>): Promise<Response> {
  try {
    return await broker.connectionPool.send(protocol)
  } catch (error) {
    // The next request reconnects.
    if ((error as Error).name === 'KafkaJSConnectionClosedError') await broker.disconnect()
    throw error
  }
}
