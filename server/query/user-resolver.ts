import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import type { Row } from '../../platform/ports/store.ts'
import { AppError } from '../../schema/app-error.ts'
import { Recommendations } from '../../schema/graphql/recommendations.ts'
import { User, UserEventConnection, type UserEventEdge } from '../../schema/graphql/user.ts'
import { decodeHistoryEvent } from '../../schema/records/history.ts'
import { tables } from '../../schema/tables.ts'
import type { Catalogue } from '../catalog/catalogue.ts'
import type { RequestContext } from '../context.ts'
import { Check } from '../limits/check.ts'
import { readPicks } from './picks-reader.ts'
import { recommend } from './recommend.ts'
import { checkWish } from './wishes.ts'

@Resolver(() => User)
export class UserResolver {
  @Query(() => User, { nullable: true, description: 'null where nothing is known of the user.' })
  async user(@Arg('id', () => ID) id: string, @Ctx() context: RequestContext): Promise<User | null> {
    const check = new Check()
    check.id(id, 'id')
    check.done()
    const { picks } = await readPicks(id, context.services.cache, context)
    if (picks !== undefined) return new User(id)
    const events = await context.services.store.range(tables.eventsByUser, id, { limit: 1, reverse: true })
    return events.length > 0 ? new User(id) : null
  }

  @FieldResolver(() => UserEventConnection, { description: 'Newest first.' })
  async events(
    @Root() user: User,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50, description: '1..100' }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { services: { store, catalogue } }: RequestContext,
  ): Promise<UserEventConnection> {
    const { first: limit } = checkWish({ first }, 50)
    const start = after == null ? undefined : decodeCursor(after)
    const newestFirst = { reverse: true, ...(start !== undefined && { after: start }) }
    const [rows, newest] = await Promise.all([
      store.range(tables.eventsByUser, user.id, { limit: limit + 1, ...newestFirst }),
      start === undefined ? [] : store.range(tables.eventsByUser, user.id, { limit: 1, reverse: true }),
    ])
    const edges = rows.slice(0, limit).map((row) => toEdge(row, catalogue))
    const pageInfo = {
      hasNextPage: rows.length > limit,
      hasPreviousPage: start !== undefined && newest.some(({ cluster }) => String(cluster) >= start),
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    }
    return { edges, pageInfo }
  }

  @FieldResolver(() => Recommendations)
  async recommendations(
    @Root() { id }: User,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20, description: '1..100' }) first: number | null,
    @Ctx() context: RequestContext,
  ): Promise<Recommendations> {
    const wish = checkWish({ first })
    return recommend(
      id,
      await readPicks(id, context.services.cache, context),
      { ...wish, includeSeen: false },
      context.services,
    )
  }
}

function toEdge({ cluster, value }: Row, catalogue: Catalogue): UserEventEdge {
  const { eventId, itemId, type, value: stars, quantity, at } = decodeHistoryEvent(value)
  const item = catalogue.get(itemId) ?? null
  const node = { eventId, type, item, itemId, value: stars, quantity, timestamp: at }
  return { cursor: Buffer.from(cluster as string).toString('base64url'), node }
}

function decodeCursor(cursor: string): string {
  const cluster = Buffer.from(cursor, 'base64url').toString('latin1')
  if (/^[0-9a-f]{13}(\.[0-9a-f]{4})?$/.test(cluster)) return cluster
  throw new AppError('BAD_USER_INPUT', {
    message: 'after: expected a cursor of these events',
    issues: [
      { path: 'after', message: `expected a cursor of these events, got ${JSON.stringify(cursor.slice(0, 64))}` },
    ],
  })
}
