import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import express from 'express'
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { readConfig } from '../../platform/config.ts'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { silentLogger } from '../../platform/logger.ts'
import { systemClock as clock } from '../../platform/ports/clock.ts'
import type { Recommendations } from '../../schema/graphql/recommendations.ts'
import { RequestContext } from '../../server/context.ts'
import { readList } from '../../server/lists/list-reader.ts'
import { recommend } from '../../server/lists/recommend.ts'
import { startRankingThread } from '../../server/ranking/ranking-handle.ts'
import { getSchema } from '../../server/schema.ts'
import { startServices } from '../../server/services.ts'

/** What a reference is: another way to serve the same schema, data and resolvers. */
export type ReferenceKind = 'apollo' | 'mercurius' | 'http'

const config = readConfig(process.env)
const { log, store } = await openEmbedded({ dir: config.DATA_DIR, lock: false }) // the product holds it; here it is read only
const { ranking } = await startRankingThread({ config, logger: silentLogger })
const { services } = await startServices({ log, store, config, logger: silentLogger, clock, ranking }, () => 0)
const newContext = () => new RequestContext(services, { role: 'operator', client: 'bench' })

const starters: Record<ReferenceKind, () => Promise<number>> = {
  /** As the documentation of both says, nothing tuned. */
  async apollo() {
    const server = new ApolloServer<RequestContext>({ schema: getSchema() })
    await server.start()
    const app = express()
    app.use('/graphql', express.json(), expressMiddleware(server, { context: async () => newContext() }))
    return new Promise((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port))
    })
  },
  /** With its compiler, as it is fastest. */
  async mercurius() {
    const app = Fastify()
    // Its type wants a plain object; it takes any.
    app.register(mercurius, { schema: getSchema(), jit: 1, context: () => newContext() as never })
    await app.listen({ host: '127.0.0.1', port: 0 })
    return (app.server.address() as AddressInfo).port
  },
  /** No GraphQL at all: the list and JSON.stringify. */
  async http() {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      const answer = async () => {
        const { variables } = JSON.parse(Buffer.concat(chunks).toString()) as { variables: { userId: string } }
        const body = JSON.stringify({ data: { recommendations: shown(await listOf(variables.userId)) } })
        response.writeHead(200, { 'content-type': 'application/json' }).end(body)
      }
      request.on('end', () => void answer())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  },
}

async function listOf(userId: string): Promise<Recommendations> {
  const entry = await readList(userId, services.listCache, newContext())
  const wish = {
    first: 20,
    isEligible: () => true,
    exclude: new Set<string>(),
    diversity: 0,
    filter: null,
    placement: null,
    includeSeen: false,
  }
  return recommend(userId, entry, wish, services)
}

function shown({ id, revision, computedAt, modelVersion, personalized, picks }: Recommendations): object {
  return {
    id,
    revision,
    computedAt,
    modelVersion,
    personalized,
    picks: picks.map(({ rank, score, item, reason }) => ({
      rank,
      score,
      item: { id: item.id, title: item.title, price: item.price, categories: item.categories },
      reason: { __typename: reason.constructor.name, ...reason },
    })),
  }
}

const kind = process.argv[2] as ReferenceKind
process.send?.({ address: `http://127.0.0.1:${await starters[kind]()}` })
process.once('SIGTERM', () => process.exit(0))
