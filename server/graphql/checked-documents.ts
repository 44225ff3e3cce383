import type { ApolloServerPlugin } from '@apollo/server'
import { type DocumentNode, type GraphQLError, type GraphQLFormattedError, parse } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import { AppError } from '../../schema/app-error.ts'
import type { RequestContext } from '../context.ts'
import type { CheckedDocument } from './documents.ts'
import { asGraphQLError, formatErrors } from './errors.ts'

interface Options {
  readonly check: (text: string, context: RequestContext) => CheckedDocument | Promise<CheckedDocument>
  readonly logger: Logger
}

/** Placeholder for a document with errors, until Apollo calls the hook that can report them. */
const placeholder = parse('{ __typename }')

/**
 * Passes Apollo documents that are already parsed and validated, so that this work is bounded and charged in one place.
 * Apollo parses only if no document is set, and a hook can throw one error only; the other errors are added to the
 * answer.
 */
export const checkedDocuments = ({ check, logger }: Options): ApolloServerPlugin<RequestContext> => ({
  async requestDidStart() {
    let errors: readonly GraphQLError[] | undefined
    return {
      async didResolveSource(request) {
        const { source, contextValue } = request
        try {
          const checked = await check(source, contextValue)
          contextValue.checked = checked
          errors = checked.document ? undefined : checked.errors
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          errors = [asGraphQLError(error)]
        }
        const writable = request as { document?: DocumentNode }
        writable.document = errors ? placeholder : contextValue.checked?.document
      },
      async didResolveOperation() {
        if (errors) throw errors[0]
      },
      async willSendResponse({ response: { body } }) {
        if (!errors || body.kind !== 'single') return
        body.singleResult.errors = formatErrors(errors, logger).formatted as GraphQLFormattedError[]
      },
    }
  },
})
