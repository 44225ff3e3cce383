import { AppError } from '../../schema/app-error.ts'

/** How to recover after a failed request. */
export type Remedy =
  /** The metadata is outdated (a leader has moved): refresh it and retry. */
  | 'refresh'
  /** The connection to one broker is lost: drop it and use the other brokers. */
  | 'reconnect'
  /** An unexpected state (a TypeError inside the library, a broker that does not answer): build new connections. */
  | 'rebuild'
  /** The connection works, but the request was rejected for now: not enough replicas, a rebalance in progress. */
  | 'retry'
  /** Permanent: not authorized, a record too large. */
  | 'none'

interface KafkaError extends Error {
  readonly type?: string
  readonly retriable?: boolean
  readonly host?: string
  readonly port?: number
  readonly broker?: string
}

const staleTypes = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'REPLICA_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
])

const fatalTypes = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'INCONSISTENT_GROUP_PROTOCOL',
  'INVALID_GROUP_ID',
  'INVALID_SESSION_TIMEOUT',
  'INVALID_REQUIRED_ACKS',
  'UNSUPPORTED_VERSION',
  'INVALID_RECORD',
])

export function remedyOf(error: unknown): Remedy {
  if (error instanceof AppError) return 'none' // ours, and final
  const { type, name } = error as KafkaError
  if (type !== undefined && fatalTypes.has(type)) return 'none'
  if (name === 'KafkaJSSASLAuthenticationError') return 'none'
  if (type !== undefined && staleTypes.has(type)) return 'refresh'
  if (name === 'KafkaJSBrokerNotFound' || name?.endsWith('MetadataNotLoaded')) return 'refresh'
  if (name === 'KafkaJSConnectionError' || name === 'KafkaJSConnectionClosedError') return 'reconnect'
  if (name === 'KafkaJSProtocolError' || name === 'KafkaJSOffsetOutOfRange') return 'retry'
  return 'rebuild'
}

export const typeOf = (error: unknown): string | undefined => (error as KafkaError).type

/** Returns the address in a connection error, from either form that the library uses. */
export function addressOf(error: unknown): { host: string; port: number } | undefined {
  const { host, port, broker } = error as KafkaError
  if (host !== undefined && port !== undefined) return { host, port }
  const at = broker?.lastIndexOf(':') ?? -1
  if (broker === undefined || at < 0) return undefined
  return { host: broker.slice(0, at), port: Number(broker.slice(at + 1)) }
}

/** @param what the failure, as a clause without the address of a broker */
export function unavailable(what: string, cause?: unknown): AppError {
  if (cause instanceof AppError) return cause
  return new AppError('UNAVAILABLE', {
    message: `Kafka: ${what}`,
    retriable: cause === undefined || remedyOf(cause) !== 'none',
    cause,
  })
}
