import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import type { Row } from '../../platform/ports/store.ts'
import { AppError } from '../../schema/app-error.ts'
import { Recommendations } from '../../schema/graphql/recommendations.ts'
import { User, UserEventConnection, type UserEventEdge } from '../../schema/graphql/user.ts'
import { decodeHistoryEvent, isHistoryCluster } from '../../schema/records/history.ts'
import { tables } from '../../schema/tables.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { RequestContext } from '../context.ts'
import { InputCheck } from '../guard/input-check.ts'
import { readList } from '../lists/list-reader.ts'
import { parseListRequest } from '../lists/list-request.ts'
import { recommend } from '../lists/recommend.ts'

@Resolver(() => User)
export class UserResolver {
  @Query(() => User, { nullable: true, description: 'A user; null for an id without a history.' })
  async user(
    @Arg('id', () => ID, { description: 'Id of the user.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<User | null> {
    const check = new InputCheck()
    check.id(id, 'id')
    check.throwIfAny()
    const { list } = await readList(id, context.services.listCache, context)
    if (list !== undefined) return new User(id)
    const events = await context.services.store.range(tables.eventsByUser, id, { limit: 1, reverse: true })
    return events.length > 0 ? new User(id) : null
  }

  @FieldResolver(() => UserEventConnection, { description: 'Events of the user, newest first.' })
  async events(
    @Root() user: User,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50, description: 'Maximum number of events, 1..100.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The `endCursor` of the previous page.' }) after:
      | string
      | null
      | undefined,
    @Ctx() { services: { store, catalog } }: RequestContext,
  ): Promise<UserEventConnection> {
    const { first: limit } = parseListRequest({ first }, 50)
    const start = after == null ? undefined : decodeCursor(after)
    const newestFirst = { reverse: true, ...(start !== undefined && { after: start }) }
    const [rows, newest] = await Promise.all([
      store.range(tables.eventsByUser, user.id, { limit: limit + 1, ...newestFirst }),
      start === undefined ? [] : store.range(tables.eventsByUser, user.id, { limit: 1, reverse: true }),
    ])
    const edges = rows.slice(0, limit).map((row) => toEdge(row, catalog))
    const pageInfo = {
      hasNextPage: rows.length > limit,
      hasPreviousPage: start !== undefined && newest.some(({ cluster }) => String(cluster) >= start),
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    }
    return { edges, pageInfo }
  }

  @FieldResolver(() => Recommendations, { description: "The user's list, without filters." })
  async recommendations(
    @Root() { id }: User,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20, description: 'Maximum number of items, 1..100.' })
    first: number | null,
    @Ctx() context: RequestContext,
  ): Promise<Recommendations> {
    const request = parseListRequest({ first })
    return recommend(
      id,
      await readList(id, context.services.listCache, context),
      { ...request, includeSeen: false },
      context.services,
    )
  }
}

function toEdge({ cluster, value }: Row, catalog: Catalog): UserEventEdge {
  const event = decodeHistoryEvent(value)
  const { eventId, itemId, type, value: stars, quantity, timestamp } = event
  const { position = null, portion = null, seconds = null, unitPrice = null, currency = null } = event
  const item = catalog.get(itemId) ?? null
  const details = { position, portion, seconds, unitPrice, currency }
  const node = { eventId, type, item, itemId, value: stars, quantity, timestamp, ...details }
  return { cursor: Buffer.from(cluster as string).toString('base64url'), node }
}

function decodeCursor(cursor: string): string {
  const cluster = Buffer.from(cursor, 'base64url').toString('latin1')
  if (isHistoryCluster(cluster)) return cluster
  throw new AppError('BAD_USER_INPUT', {
    message: 'after: expected a cursor of these events',
    issues: [
      { path: 'after', message: `expected a cursor of these events, got ${JSON.stringify(cursor.slice(0, 64))}` },
    ],
  })
}
