import { type ExecutionResult, GraphQLError } from 'graphql'
import { AppError } from '../../schema/app-error.ts'
import { appErrorOf, asGraphQLError } from '../graphql-errors.ts'
import type { CostLimit } from '../limits/cost.ts'
import type { Metrics } from '../metrics.ts'
import type { GatewayExecute } from './apollo.ts'
import type { Operations } from './operation.ts'

/** Runs what Apollo has parsed and validated: looks at its cost, then executes it, and takes the time. */
export function createExecutor(operations: Operations, cost: CostLimit, metrics: Metrics): GatewayExecute {
  return async ({ document, request, context }) => {
    const { operationName } = request
    const operation = operations.prepare(document, operationName)
    if (!operation) return { errors: [unknownOperation(operationName)] }
    const wrong = operations.checkVariables(operation, request.variables)
    if (wrong) return count({ errors: wrong }, metrics)
    const begun = performance.now()
    let result: ExecutionResult
    try {
      cost.check(operation, request.variables)
      result = await operations.run(operation, request.variables, context)
    } catch (error) {
      result = { errors: [error instanceof AppError ? asGraphQLError(error) : (error as GraphQLError)] }
    }
    const outcome = result.errors ? 'error' : 'ok'
    metrics.operations.observe({ operation: operation.label, outcome }, (performance.now() - begun) / 1_000)
    return count(result, metrics)
  }
}

function count(result: ExecutionResult, metrics: Metrics): ExecutionResult {
  for (const error of result.errors ?? []) {
    metrics.errors.inc({ code: appErrorOf(error)?.code ?? String(error.extensions?.code ?? 'INTERNAL_SERVER_ERROR') })
  }
  return result
}

const unknownOperation = (name: string | undefined) =>
  new GraphQLError(name ? `Unknown operation named "${name}".` : 'Must provide operation name.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
  })
