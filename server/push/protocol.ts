import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
} from 'graphql'
import { CloseCode, makeServer, type Server, type SubscribePayload } from 'graphql-ws'
import type { Logger } from '../../platform/logger.ts'
import { AppError, messageOf } from '../../schema/app-error.ts'
import { type Gate, letIn } from '../access/gate.ts'
import { RequestContext, type Services } from '../context.ts'
import { type AllowList, type Documents, notListed } from '../execute/documents.ts'
import type { Inputs, Operation, Operations } from '../execute/operation.ts'
import { asGraphQLError, formatErrors } from '../graphql-errors.ts'
import type { CostLimit } from '../limits/cost.ts'
import type { Client, ClientContext } from './client.ts'
import type { FanOut } from './fan-out.ts'
import { FeedSource } from './feed.ts'

interface Deps {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly documents: Documents
  readonly operations: Operations
  readonly gate: Gate
  readonly cost: CostLimit
  readonly allowList: AllowList | undefined
  readonly fanOut: FanOut
}

/** What `prepare` hands to `subscribe` through graphql-ws. */
interface Subscribing extends ExecutionArgs {
  readonly contextValue: RequestContext
  readonly client: Client
  readonly id: string
  readonly operation: Operation
  readonly inputs: Inputs
  readonly documentId: number
}

/** Timers cannot be set further ahead. */
const timerMsMax = 2 ** 31 - 1

/** The graphql-transport-ws protocol with this server's access, limits and way of pushing. */
export function createProtocol(deps: Deps): Server<Client> {
  const { config, logger, clock } = deps.services
  return makeServer<Record<string, unknown>, Client>({
    connectionInitWaitTimeout: config.LIMIT_INIT_MS,
    onConnect: async (context) => connect(context, deps),
    onSubscribe: (context, id, payload) => {
      try {
        return prepare(context, id, payload, deps)
      } catch (error) {
        if (error instanceof AppError) return [asGraphQLError(error)]
        logger.error({ err: error }, 'a subscription could not be prepared')
        return [new GraphQLError('internal error', { originalError: error as Error })]
      }
    },
    subscribe: (args) => subscribe(args as Subscribing, deps),
    onNext: (_context, _id, _payload, _args, result) => formatResult(result, logger),
    onError: (_context, _id, _payload, errors) => formatErrors(errors, logger).formatted,
    // graphql-ws leaves what these throw to be an unhandled rejection: they must not.
    onComplete: ({ extra }) => {
      extra.subscriptions--
      extra.idleSince = clock.now()
    },
    onClose: ({ extra }) => clearTimeout(extra.expiry),
  })
}

function formatResult(result: ExecutionResult, logger: Logger): FormattedExecutionResult {
  if (!result.errors) return result as FormattedExecutionResult
  return { ...result, errors: formatErrors(result.errors, logger).formatted }
}

/** @returns false to end the socket with 4403 */
async function connect({ extra, connectionParams = {} }: ClientContext, deps: Deps): Promise<boolean> {
  const { services } = deps
  const authorization = textOf(connectionParams.authorization ?? connectionParams.Authorization) ?? extra.authorization
  const apiKey = textOf(connectionParams.apiKey ?? connectionParams['x-api-key']) ?? extra.apiKey
  try {
    const identity = await letIn({ authorization, apiKey, address: extra.address }, deps.gate, services.clock.now())
    if (identity.role === 'nobody') return false
    extra.identity = identity
    if (identity.expiresAt !== undefined) {
      const left = Math.min(timerMsMax, Math.max(0, identity.expiresAt - services.clock.now()))
      extra.expiry = setTimeout(() => extra.socket.close(CloseCode.Forbidden, 'Token expired'), left)
    }
    return true
  } catch (error) {
    if (!(error instanceof AppError)) services.logger.error({ reason: messageOf(error) }, 'a socket was not let in')
    return false
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function prepare(
  { extra, subscriptions }: ClientContext,
  id: string,
  payload: SubscribePayload,
  deps: Deps,
): Subscribing | readonly GraphQLError[] {
  const { services, documents, operations, allowList } = deps
  const identity = extra.identity
  if (!identity) throw new AppError('UNAUTHENTICATED', { message: 'expected connection_init first' })
  deps.gate.rate.take(identity, services.clock.now())
  const most = services.config.LIMIT_SUBSCRIPTIONS_PER_SOCKET
  if (Object.keys(subscriptions).length > most) {
    throw new AppError('RATE_LIMITED', { message: `expected at most ${most} subscriptions on one socket` })
  }
  const text = payload.query
  if (allowList && !allowList.has(text)) throw notListed()
  const checked = documents.check(text)
  if (!checked.document) return checked.errors ?? []
  const operation = operations.prepare(checked.document, payload.operationName)
  if (operation?.node.operation !== 'subscription') {
    const message = 'expected a subscription: queries and mutations go over HTTP'
    throw new AppError('BAD_USER_INPUT', { message, issues: [{ path: 'query', message }] })
  }
  const variableValues = payload.variables ?? undefined
  const inputs = operations.inputsOf(operation, variableValues)
  if (!('given' in inputs)) return inputs
  deps.cost.check(operation, variableValues)
  extra.subscriptions++
  return {
    schema: deps.schema,
    document: checked.document,
    operationName: payload.operationName,
    variableValues,
    contextValue: new RequestContext(services, identity),
    client: extra,
    id,
    operation,
    inputs,
    documentId: checked.id,
  }
}

async function subscribe(
  { client, id, operation, inputs, documentId, ...args }: Subscribing,
  { fanOut }: Deps,
): Promise<AsyncGenerator<never> | ExecutionResult> {
  const source = await createSourceEventStream(args)
  if (!(source instanceof FeedSource)) return source as ExecutionResult
  const shape = {
    operation,
    operationId: `${documentId} ${operation.name ?? ''}`,
    inputs,
    variablesKey: JSON.stringify({ ...args.variableValues, [operation.sinceVariable ?? '']: undefined }),
  }
  return fanOut.subscribe(source.feed, shape, client.socket, id)
}
