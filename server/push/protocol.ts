import { CloseCode } from 'graphql-ws'
import { AppError, messageOf } from '../../schema/app-error.ts'
import { formatErrors } from '../graphql/errors.ts'
import { authenticateAndRateLimit } from '../guard/gate.ts'
import type { Client } from './client.ts'
import { Connection, type ConnectionSocket } from './connection.ts'
import { callerOf, type OperationDeps, startOperation } from './start-operation.ts'

export interface Protocol {
  /** Starts the graphql-transport-ws protocol on a newly opened socket. */
  open(client: Client, socket: ConnectionSocket): Connection
}

/** Close code of RFC 6455's registry after which clients of graphql-ws reconnect later. */
const tryAgainLater = 1013

/** Maximum delay of a timer. */
const timerMsMax = 2 ** 31 - 1

/** The graphql-transport-ws protocol with this server's access rules, limits and pushes. */
export function createProtocol(deps: OperationDeps): Protocol {
  const { config, logger, clock } = deps.services
  return {
    open(client, socket) {
      const hooks = {
        connect: (params: Readonly<Record<string, unknown>>) => connect(client, params, deps),
        start: (operation: Parameters<typeof startOperation>[0], payload: Parameters<typeof startOperation>[1]) =>
          startOperation(operation, payload, callerOf(client, deps), deps),
        formatErrors: (errors: Parameters<typeof formatErrors>[0]) => formatErrors(errors, logger).formatted,
        onOperationEnd: () => {
          client.idleSince = clock.now()
        },
      }
      const connection = new Connection(socket, hooks, config.LIMIT_INIT_MS)
      client.connection = connection
      return connection
    },
  }
}

/** @returns false to close the socket with 4403, unless it is closed already */
async function connect(
  client: Client,
  params: Readonly<Record<string, unknown>>,
  deps: OperationDeps,
): Promise<boolean> {
  const { services } = deps
  const authorization = textOf(params.authorization ?? params.Authorization) ?? client.authorization
  const apiKey = textOf(params.apiKey ?? params['x-api-key']) ?? client.apiKey
  try {
    const identity = await authenticateAndRateLimit(
      { authorization, apiKey, address: client.address },
      deps.gate,
      services.clock.now(),
    )
    if (identity.role === 'nobody') return false
    if (!client.claim(identity)) {
      client.socket.close(tryAgainLater, 'Too many sockets')
      return false
    }
    client.identity = identity
    if (identity.expiresAt !== undefined && client.socket.readyState === client.socket.OPEN) {
      const left = Math.min(timerMsMax, Math.max(0, identity.expiresAt - services.clock.now()))
      client.expiry = setTimeout(() => client.socket.close(CloseCode.Forbidden, 'Token expired'), left)
    }
    return true
  } catch (error) {
    if (error instanceof AppError && error.retriable) client.socket.close(tryAgainLater, error.code)
    if (!(error instanceof AppError))
      services.logger.error({ reason: messageOf(error) }, 'a socket was rejected with an unexpected error')
    return false
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
