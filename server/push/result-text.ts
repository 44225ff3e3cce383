import type { GraphQLError } from 'graphql'
import type { JsonResult } from '../graphql/json-plan.ts'

/** An execution result as JSON on one line. */
export function resultText(
  { data, errors }: JsonResult,
  formatErrors: (errors: readonly GraphQLError[]) => unknown,
): string {
  if (!errors) return `{"data":${data}}`
  const formatted = JSON.stringify(formatErrors(errors))
  return data === undefined ? `{"errors":${formatted}}` : `{"errors":${formatted},"data":${data}}`
}
