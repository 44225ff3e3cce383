import type { Command } from 'commander'
import { type GraphQLClient, graphqlClient } from './graphql-client.ts'

const retryMsMax = 10_000

/** Adds the options for the address of the server and the operator's key. */
export const withServer = (command: Command): Command =>
  command
    .option(
      '--url <url>',
      'the GraphQL endpoint; or in PICKSTREAM_URL',
      process.env.PICKSTREAM_URL ?? 'http://127.0.0.1:4000/graphql',
    )
    .option(
      '--token <token>',
      'API key or token, where the server asks for one; or in PICKSTREAM_TOKEN',
      process.env.PICKSTREAM_TOKEN,
    )

/** @param requestMsMax timeout of one request. Default: 60,000 */
export function operatorClient(command: Command, requestMsMax?: number): GraphQLClient {
  const { url, token } = command.opts<{ url: string; token?: string }>()
  return graphqlClient({ url, token, retryMsMax, requestMsMax })
}
