import type { Command } from 'commander'
import { type GraphQLClient, graphqlClient } from './graphql-client.ts'

const retryMsMax = 10_000

/** The options by which a tool finds the server and shows who it is. */
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

/** @param requestMsMax how long one answer may take. Default 60 s. */
export function operatorClient(command: Command, requestMsMax?: number): GraphQLClient {
  const { url, token } = command.opts<{ url: string; token?: string }>()
  return graphqlClient({ url, token, retryMsMax, requestMsMax })
}
