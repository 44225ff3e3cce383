import { ApolloGateway, IntrospectAndCompose, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'

interface Context {
  readonly authorization: string | undefined
}

/** Forwards the client's credentials to every subgraph. */
class Service extends RemoteGraphQLDataSource<Context> {
  override willSendRequest({
    request,
    context,
  }: Parameters<NonNullable<RemoteGraphQLDataSource<Context>['willSendRequest']>>[0]) {
    if ('authorization' in context && context.authorization) {
      request.http?.headers.set('authorization', context.authorization)
    }
  }
}

/**
 * Composes the present schemas of the subgraphs. In production, compose in a build pipeline and pass the result to the
 * gateway.
 */
export async function startGateway({
  subgraphs,
  port,
}: {
  subgraphs: readonly { name: string; url: string }[]
  port: number
}) {
  const gateway = new ApolloGateway({
    supergraphSdl: new IntrospectAndCompose({ subgraphs: [...subgraphs] }),
    buildService: ({ url }) => new Service({ url }),
  })
  const server = new ApolloServer<Context>({ gateway })
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  })
  return { url, stop: () => server.stop() }
}
