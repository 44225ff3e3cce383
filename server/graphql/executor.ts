import { type ExecutionResult, GraphQLError } from 'graphql'
import { AppError } from '../../schema/app-error.ts'
import type { RequestContext } from '../context.ts'
import type { CostLimit } from '../guard/cost-limit.ts'
import type { Identity } from '../guard/identity.ts'
import type { Metrics } from '../metrics.ts'
import type { GatewayExecute } from './apollo.ts'
import type { Documents } from './documents.ts'
import { appErrorOf, asGraphQLError } from './errors.ts'
import type { JsonResult } from './json-plan.ts'
import type { Inputs, Operation, Operations, Variables } from './operations.ts'

interface Deps {
  readonly operations: Operations
  readonly cost: CostLimit
  readonly metrics: Metrics
  /** Charges the work of an operation, counted in requests, to its client. @throws AppError RATE_LIMITED */
  readonly charge: (identity: Identity, requests: number) => void
}

/** Runs parsed and valid operations of requests: checks variables and cost, executes, and measures the time. */
export class Executor {
  private readonly operations: Operations
  private readonly cost: CostLimit
  private readonly metrics: Metrics
  private readonly charge: Deps['charge']

  constructor({ operations, cost, metrics, charge }: Deps) {
    this.operations = operations
    this.cost = cost
    this.metrics = metrics
    this.charge = charge
  }

  /** Called by Apollo. Caches a document once a client with credentials has received an answer without errors. */
  forApollo(documents: Documents): GatewayExecute {
    return async ({ document, request, context: given }) => {
      const context = given as RequestContext
      const operation = this.operations.prepare(document, request.operationName)
      if (!operation) return { errors: [unknownOperation(request.operationName)] }
      const { variables } = request
      const result = await this.run<ExecutionResult>(operation, variables, context, (inputs) =>
        this.operations.execute(operation, inputs, context),
      )
      const { checked, identity } = context
      if (checked?.document === document && identity.role !== 'nobody' && !result.errors) documents.keep(checked)
      return result
    }
  }

  /** The data of the answer as JSON text. */
  answer(
    operation: Operation,
    variables: Variables | undefined,
    context: RequestContext,
  ): JsonResult | Promise<JsonResult> {
    return this.run<JsonResult>(operation, variables, context, (inputs) =>
      this.operations.answer(operation, inputs, context),
    )
  }

  private run<Result extends ExecutionResult | JsonResult>(
    operation: Operation,
    variables: Variables | undefined,
    { identity }: RequestContext,
    execute: (inputs: Inputs) => Result | Promise<Result>,
  ): Result | Promise<Result> {
    const inputs = this.operations.inputsOf(operation, variables)
    if (!('given' in inputs)) return this.count({ data: undefined, errors: inputs } as unknown as Result)
    const begun = performance.now()
    const finish = (result: Result) => {
      const outcome = result.errors ? 'error' : 'ok'
      this.metrics.operations.observe({ operation: operation.label, outcome }, (performance.now() - begun) / 1_000)
      return this.count(result)
    }
    const fail = (error: unknown) => {
      const refusal = error instanceof AppError ? asGraphQLError(error) : error
      return finish({ data: undefined, errors: [refusal] } as unknown as Result)
    }
    try {
      if (operation.node.operation === 'subscription') throw subscriptionByRequest()
      this.cost.admit(operation, variables, (requests) => this.charge(identity, requests))
      const result = execute(inputs)
      return result instanceof Promise ? result.then(finish, fail) : finish(result)
    } catch (error) {
      return fail(error)
    }
  }

  private count<Result extends ExecutionResult | JsonResult>(result: Result): Result {
    for (const error of result.errors ?? []) {
      const code = appErrorOf(error)?.code ?? String(error.extensions?.code ?? 'INTERNAL_SERVER_ERROR')
      this.metrics.errors.inc({ code })
    }
    return result
  }
}

function subscriptionByRequest(): AppError {
  const message =
    'subscriptions go over the WebSocket at this address, subprotocol graphql-transport-ws, or over /graphql/stream'
  return new AppError('BAD_USER_INPUT', { message, issues: [{ path: 'query', message }] })
}

const unknownOperation = (name: string | undefined) =>
  new GraphQLError(name ? `Unknown operation named "${name}".` : 'Must provide operation name.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
  })
