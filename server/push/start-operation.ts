import { createSourceEventStream, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql'
import { AppError } from '../../schema/app-error.ts'
import { RequestContext, type Services } from '../context.ts'
import type { DocumentLookup, DocumentReference } from '../graphql/document-lookup.ts'
import { type CheckedDocument, type Documents, retainedBytes } from '../graphql/documents.ts'
import { asGraphQLError } from '../graphql/errors.ts'
import type { Executor } from '../graphql/executor.ts'
import type { JsonResult } from '../graphql/json-plan.ts'
import type { Inputs, Operation, Operations } from '../graphql/operations.ts'
import type { ByteLedger } from '../guard/byte-ledger.ts'
import type { CostLimit } from '../guard/cost-limit.ts'
import type { CheckDocument } from '../guard/document-budget.ts'
import type { Gate } from '../guard/gate.ts'
import type { Identity } from '../guard/identity.ts'
import { clientOf } from '../guard/work-queues.ts'
import type { Client } from './client.ts'
import type { FanOut } from './fan-out.ts'
import { type Feed, FeedSource } from './feed.ts'
import type { Framing, SubscriberSocket } from './subscriber.ts'

export interface OperationDeps {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly documents: Documents
  readonly checkDocument: CheckDocument
  /** Memory of open subscriptions: their documents and variables. */
  readonly subscribed: ByteLedger
  readonly operations: Operations
  readonly executor: Executor
  readonly gate: Gate
  readonly cost: CostLimit
  readonly lookup: DocumentLookup
  readonly fanOut: FanOut
}

/** Parameters with which clients start an operation. */
export interface OperationPayload extends DocumentReference {
  readonly variables?: Readonly<Record<string, unknown>> | null
  readonly operationName?: string | null
}

/**
 * Where one operation is answered: by message id on a WebSocket, or on an event stream. Nothing is sent after it has
 * ended.
 */
export interface OperationSink {
  readonly ended: boolean
  /** How values of a feed are sent. */
  framingOf(feed: Feed<unknown>): Framing
  /** @param release called once, when the operation ends; at once if it has ended already */
  hold(release: () => void): void
  /** Sends the one answer of a query or mutation, or the errors that a subscription ended with, and ends it. */
  answer(answer: JsonResult): void
  /** Rejects the request: nothing was executed. */
  refuse(errors: readonly GraphQLError[]): void
  /** Ends it without a message. */
  end(): void
}

/** The client that starts an operation, and the transport. */
export interface Caller {
  /** Called once, before the document is read, for the checks of the transport. @throws AppError */
  admit(): Identity
  /** Where values of subscriptions are pushed. */
  readonly socket: SubscriberSocket
  /** W3C traceparent of the request. */
  readonly trace?: string | undefined
  /**
   * The revision that the client already has according to its transport. The greater of it and argument sinceRevision
   * is used.
   */
  readonly since?: string | undefined
  /** Whether mutations are rejected, as those of a GET request must be. Default: false. */
  readonly readOnly?: boolean
}

interface Prepared {
  readonly operation: Operation
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly context: RequestContext
  readonly checked: CheckedDocument
}

/** A socket as a caller: each message counts as a request, and the number of open operations is limited. */
export const callerOf = (client: Client, { gate, services }: OperationDeps): Caller => ({
  socket: client.socket,
  admit() {
    const { identity, connection } = client
    if (!identity) throw new AppError('UNAUTHENTICATED', { message: 'expected connection_init first' })
    gate.rate.take(identity, services.clock.now())
    const most = services.config.LIMIT_SUBSCRIPTIONS_PER_SOCKET
    if (connection && connection.size > most) {
      const message = `expected at most ${most} open operations on one socket`
      throw new AppError('RATE_LIMITED', { message, details: { operationsMax: most } })
    }
    return identity
  },
})

/**
 * Runs one operation with the same limits, access rules and allow-list as over HTTP. Neither throws nor rejects. An
 * operation whose document is cached runs in the turn in which it arrives. With a new document it runs when it is the
 * client's turn, if the operation is still open then.
 */
export function startOperation(
  operation: OperationSink,
  payload: OperationPayload,
  caller: Caller,
  deps: OperationDeps,
): void {
  const fail = (error: unknown) => {
    try {
      operation.refuse([toGraphQLError(error, deps.services)])
    } catch (unsendable) {
      deps.services.logger.error({ err: unsendable }, 'an error could not be sent; the operation is ended')
      operation.end()
    }
  }
  try {
    const identity = caller.admit()
    const text = deps.lookup.find(payload)
    if (typeof text !== 'string') {
      operation.refuse([text])
      return
    }
    const proceed = (checked: CheckedDocument) => {
      if (operation.ended) return
      const prepared = prepare(checked, payload, caller, deps.operations)
      if (!('operation' in prepared)) {
        operation.refuse(prepared)
        return
      }
      const context = new RequestContext(deps.services, identity, caller.trace)
      const run = prepared.operation.node.operation === 'subscription' ? subscribe : execute
      run(operation, { ...prepared, context }, caller, deps).catch(fail)
    }
    const checked = deps.checkDocument(text, identity)
    if (checked instanceof Promise) checked.then(proceed).catch(fail)
    else proceed(checked)
  } catch (error) {
    fail(error)
  }
}

function toGraphQLError(error: unknown, { logger }: Services): GraphQLError {
  if (error instanceof AppError) return asGraphQLError(error)
  logger.error({ err: error }, 'an operation failed with an unexpected error')
  return new GraphQLError('internal error', { originalError: error as Error })
}

/** @returns the errors of an invalid document. @throws AppError */
function prepare(
  checked: CheckedDocument,
  payload: OperationPayload,
  caller: Caller,
  operations: Operations,
): Omit<Prepared, 'context'> | readonly GraphQLError[] {
  if (!checked.document) return checked.errors ?? []
  const operation = operations.prepare(checked.document, payload.operationName)
  if (!operation) {
    const message = 'expected an operation of the document, named by operationName where there are several'
    throw new AppError('BAD_USER_INPUT', { message, issues: [{ path: 'operationName', message }] })
  }
  if (caller.readOnly && operation.node.operation === 'mutation') return [mutationByGet()]
  return { operation, variables: payload.variables ?? undefined, checked }
}

const mutationByGet = () =>
  new GraphQLError('expected a mutation by POST, got one by GET', {
    extensions: { code: 'BAD_REQUEST', http: { status: 405, headers: new Map([['allow', 'POST']]) } },
  })

/** A query or a mutation, which has one answer. */
async function execute(
  sink: OperationSink,
  { operation, variables, context, checked }: Prepared,
  _caller: Caller,
  { executor, documents }: OperationDeps,
): Promise<void> {
  const answer = await executor.answer(operation, variables, context)
  if (!answer.errors) documents.keep(checked)
  if (answer.data === undefined && answer.errors) sink.refuse(answer.errors)
  else sink.answer(answer)
}

async function subscribe(
  sink: OperationSink,
  { operation, variables, context, checked }: Prepared,
  { socket, since }: Caller,
  { schema, services, gate, documents, subscribed, operations, cost, fanOut }: OperationDeps,
): Promise<void> {
  const inputs = operations.inputsOf(operation, variables)
  if (!('given' in inputs)) return sink.refuse(inputs)
  cost.admit(operation, variables, (requests) => gate.rate.charge(context.identity, requests, services.clock.now()))
  const source = await createSourceEventStream({
    schema,
    document: operation.document,
    operationName: operation.name,
    variableValues: variables,
    contextValue: context,
  })
  if (!(source instanceof FeedSource)) return sink.answer(withoutData(source as ExecutionResult))
  documents.keep(checked)
  if (sink.ended) return
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
  const leave = fanOut.subscribe(startingAfter(since, source.feed), shape, socket, sink.framingOf(source.feed))
  sink.hold(() => {
    leave()
    release()
  })
}

function startingAfter<T>(since: string | undefined, feed: Feed<T>): Feed<T> {
  if (since === undefined || !feed.canResume || (feed.since !== undefined && feed.since >= since)) return feed
  return { key: feed.key, canRepeat: feed.canRepeat, canResume: true, since, open: (emit) => feed.open(emit) }
}

/** Memory per character of variables as JSON when parsed; lists of short numbers take the most. */
const variableBytes = 16

const withoutData = ({ errors }: ExecutionResult) => ({ data: undefined, errors: errors ?? [] })

/** The variables that determine the answer. sinceRevision determines only who receives it. */
const variablesKeyOf = ({ sinceVariable }: Operation, variables: Inputs['given'] | undefined): string =>
  JSON.stringify({ ...variables, [sinceVariable ?? '']: undefined })
