import { createSourceEventStream, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import { AppError } from '../../schema/app-error.ts'
import { RequestContext, type Services } from '../context.ts'
import { type AllowList, notListed } from '../graphql/allow-list.ts'
import { type CheckedDocument, type Documents, retainedBytes } from '../graphql/documents.ts'
import { asGraphQLError } from '../graphql/errors.ts'
import type { Executor } from '../graphql/executor.ts'
import type { Inputs, Operation, Operations } from '../graphql/operations.ts'
import type { ByteLedger } from '../guard/byte-ledger.ts'
import type { CostLimit } from '../guard/cost-limit.ts'
import type { CheckDocument } from '../guard/document-budget.ts'
import type { Gate } from '../guard/gate.ts'
import { clientOf } from '../guard/work-queues.ts'
import type { Client } from './client.ts'
import type { SocketOperation } from './connection.ts'
import type { FanOut } from './fan-out.ts'
import { FeedSource } from './feed.ts'

export interface OperationDeps {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly documents: Documents
  readonly checkDocument: CheckDocument
  /** What open subscriptions hold: their documents and variables. */
  readonly subscribed: ByteLedger
  readonly operations: Operations
  readonly executor: Executor
  readonly gate: Gate
  readonly cost: CostLimit
  readonly allowList: AllowList | undefined
  readonly fanOut: FanOut
}

interface Prepared {
  readonly operation: Operation
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly context: RequestContext
  readonly checked: CheckedDocument
}

/** Runs one operation of a socket, with the limits, the access rules and the allow-list of HTTP. Neither throws nor rejects. */
export function startOperation(
  operation: SocketOperation,
  payload: SubscribePayload,
  client: Client,
  deps: OperationDeps,
): void {
  const fail = (error: unknown) => {
    try {
      operation.refuse([toGraphQLError(error, deps.services)])
    } catch (unsendable) {
      deps.services.logger.error({ err: unsendable }, 'an error could not be sent to a socket')
      operation.end()
    }
  }
  try {
    const prepared = prepare(payload, client, deps)
    if (!('operation' in prepared)) {
      operation.refuse(prepared)
      return
    }
    const run = prepared.operation.node.operation === 'subscription' ? subscribe : execute
    run(operation, prepared, client, deps).catch(fail)
  } catch (error) {
    fail(error)
  }
}

function toGraphQLError(error: unknown, { logger }: Services): GraphQLError {
  if (error instanceof AppError) return asGraphQLError(error)
  logger.error({ err: error }, 'an operation of a socket failed')
  return new GraphQLError('internal error', { originalError: error as Error })
}

/** @returns the errors of a document that is not valid. @throws AppError */
function prepare(payload: SubscribePayload, client: Client, deps: OperationDeps): Prepared | readonly GraphQLError[] {
  const { services, checkDocument, operations, allowList } = deps
  const { identity, connection } = client
  if (!identity) throw new AppError('UNAUTHENTICATED', { message: 'expected connection_init first' })
  deps.gate.rate.take(identity, services.clock.now())
  const most = services.config.LIMIT_SUBSCRIPTIONS_PER_SOCKET
  if (connection && connection.size > most) {
    throw new AppError('RATE_LIMITED', { message: `expected at most ${most} open operations on one socket` })
  }
  const text = payload.query
  if (allowList && !allowList.has(text)) throw notListed()
  const checked = checkDocument(text, identity)
  if (!checked.document) return checked.errors ?? []
  const operation = operations.prepare(checked.document, payload.operationName)
  if (!operation) {
    const message = 'expected an operation of the document, named by operationName where there are several'
    throw new AppError('BAD_USER_INPUT', { message, issues: [{ path: 'operationName', message }] })
  }
  return {
    operation,
    variables: payload.variables ?? undefined,
    context: new RequestContext(services, identity),
    checked,
  }
}

/** A query or a mutation: one answer. */
async function execute(
  socketOperation: SocketOperation,
  { operation, variables, context, checked }: Prepared,
  _client: Client,
  { executor, documents }: OperationDeps,
): Promise<void> {
  const answer = await executor.answer(operation, variables, context)
  if (!answer.errors) documents.keep(checked)
  if (answer.data === undefined && answer.errors) socketOperation.refuse(answer.errors)
  else socketOperation.answer(answer)
}

async function subscribe(
  socketOperation: SocketOperation,
  { operation, variables, context, checked }: Prepared,
  { socket }: Client,
  { schema, services, gate, documents, subscribed, operations, cost, fanOut }: OperationDeps,
): Promise<void> {
  const inputs = operations.inputsOf(operation, variables)
  if (!('given' in inputs)) return socketOperation.refuse(inputs)
  gate.rate.charge(context.identity, cost.check(operation, variables), services.clock.now())
  const source = await createSourceEventStream({
    schema,
    document: operation.document,
    operationName: operation.name,
    variableValues: variables,
    contextValue: context,
  })
  if (!(source instanceof FeedSource)) return socketOperation.answer(withoutData(source as ExecutionResult))
  documents.keep(checked)
  if (socketOperation.ended) return
  const variablesKey = variablesKeyOf(operation, variables)
  const client = clientOf(context.identity)
  if (!subscribed.hasRoom(client)) {
    const message = 'expected fewer or shorter documents and variables of the open subscriptions of one client'
    throw new AppError('RATE_LIMITED', { message })
  }
  const release = subscribed.add(client.client, retainedBytes(checked) + variableBytes * variablesKey.length)
  const shape = {
    operation,
    operationId: `${checked.hash} ${operation.name ?? ''}`,
    inputs,
    variablesKey,
  }
  const leave = fanOut.subscribe(source.feed, shape, socket, socketOperation.id)
  socketOperation.hold(() => {
    leave()
    release()
  })
}

/** Memory of a character of variables as JSON, parsed: short numbers in lists take the most. */
const variableBytes = 16

const withoutData = ({ errors }: ExecutionResult) => ({ data: undefined, errors: errors ?? [] })

/** The variables that decide the answer: sinceRevision decides only who gets it. */
const variablesKeyOf = ({ sinceVariable }: Operation, variables: Inputs['given'] | undefined): string =>
  JSON.stringify({ ...variables, [sinceVariable ?? '']: undefined })
