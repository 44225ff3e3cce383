import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { Position } from '../../platform/ports/event-log.ts'
import { type CausalToken, emptyToken, encodeToken, userHash } from '../../schema/causal-token.ts'
import { type EventPriority, EventPriorityEnum } from '../../schema/graphql/enums.ts'
import { EventInput, RecordEventsResult } from '../../schema/graphql/event.ts'
import { ItemInput, PutItemsResult } from '../../schema/graphql/item.ts'
import type { InteractionRecord } from '../../schema/records/interaction.ts'
import { topics } from '../../schema/topics.ts'
import type { RequestContext, Services } from '../context.ts'
import { InputCheck } from '../guard/input-check.ts'
import { appendInteractions, newestByUser, pendingBackfill } from './append.ts'
import { batchMax, toEventRecords } from './events.ts'
import { toImpressions } from './impressions.ts'
import { appendItems, toItemRecords } from './items.ts'

@Resolver()
export class IngestMutations {
  @Mutation(() => RecordEventsResult, {
    description:
      'Records events. They are durable before the answer is sent. Retrying with the same eventId changes nothing.',
  })
  async recordEvents(
    @Arg('events', () => [EventInput], { description: '1..1000 events, in their order.' }) events: EventInput[],
    @Arg('priority', () => EventPriorityEnum, {
      nullable: true,
      defaultValue: 'LIVE',
      description:
        'LIVE: processed at once; a call with more than 20 events is accepted at the rate at which lists are computed. BULK: answered once durable, processed while no visitor waits.',
    })
    priority: EventPriority | null,
    @Ctx() context: RequestContext,
  ): Promise<RecordEventsResult> {
    const { clock, config } = context.services
    const records = toEventRecords(events, { now: clock.now(), currency: config.CURRENCY })
    return priority === 'BULK' ? recordInBackfill(records, context) : record(records, context)
  }

  @Mutation(() => RecordEventsResult, {
    description:
      'Records which items of a list came into view: one IMPRESSION event each, with its position. Counts once per user, recommendationId and item.',
  })
  async recordImpressions(
    @Arg('userId', () => ID, { description: 'The user who saw them, 1..256 bytes.' }) userId: string,
    @Arg('recommendationId', () => ID, { description: 'Id of the list; it must be one of this user or of a session.' })
    recommendationId: string,
    @Arg('itemIds', () => [ID], {
      description: 'Ids of the items that came into view, 1..1000 of them, in the order of the list.',
    })
    itemIds: string[],
    @Ctx() context: RequestContext,
  ): Promise<RecordEventsResult> {
    const { clock, ids, issued } = context.services
    return record(toImpressions({ userId, recommendationId, itemIds }, { ids, issued, now: clock.now() }), context)
  }

  @Mutation(() => RecordEventsResult, {
    description: 'Undoes events, as if they had not happened. Reaches the newest 200 events of the user.',
  })
  async undoEvents(
    @Arg('userId', () => ID, { description: 'The user whose events they are.' }) userId: string,
    @Arg('eventIds', () => [ID], { description: 'Ids of the events, 1..1000 of them.' }) eventIds: string[],
    @Arg('priority', () => EventPriorityEnum, {
      nullable: true,
      defaultValue: 'LIVE',
      description: 'LIVE: processed at once. BULK: processed while no visitor waits, after all BULK events before it.',
    })
    priority: EventPriority | null,
    @Ctx() context: RequestContext,
  ): Promise<RecordEventsResult> {
    const check = new InputCheck()
    check.id(userId, 'userId')
    check.ids(eventIds, 'eventIds', 1, batchMax)
    check.throwIfAny()
    const records: InteractionRecord[] = [{ v: 1, kind: 'undo', userId, eventIds }]
    if (priority === 'BULK') return { ...(await recordInBackfill(records, context)), accepted: eventIds.length }
    // Events that are still in the backfill come after this record: the undo follows them there too. Undoing twice is
    // harmless.
    if ((await pendingBackfill(userId, context)) !== undefined) {
      await appendInteractions(records, context, topics.backfill)
    }
    const { token } = await record(records, context)
    return { accepted: eventIds.length, token }
  }

  @Mutation(() => RecordEventsResult, {
    description: "Moves a guest's events to a user and erases the guest.",
  })
  async identify(
    @Arg('guestId', () => ID, { description: 'The guest, 1..256 bytes.' }) guestId: string,
    @Arg('userId', () => ID, { description: 'The user who logged in, 1..256 bytes.' }) userId: string,
    @Ctx() context: RequestContext,
  ): Promise<RecordEventsResult> {
    const check = new InputCheck()
    check.id(guestId, 'guestId')
    check.id(userId, 'userId')
    check.require(guestId !== userId, 'userId', 'another id than guestId', userId)
    check.throwIfAny()
    const records: InteractionRecord[] = [{ v: 1, kind: 'identify', userId: guestId, into: userId }]
    // The guest's events that are still in the backfill are moved by a second record behind them.
    if ((await pendingBackfill(guestId, context)) !== undefined) {
      await appendInteractions(records, context, topics.backfill)
    }
    const [position] = (await appendInteractions(records, context)) as [Position]
    const positions = newestByUser(records, [position])
    const token = tokenOf(context.services, { positions, adopted: new Map([[userHash(userId), position]]) })
    return { accepted: 1, token }
  }

  @Mutation(() => RecordEventsResult, {
    description:
      "Erases a user's state, lists and history. With the token, recommendations(after:) waits until it is done and answers as for an unknown user.",
  })
  async forgetUser(
    @Arg('userId', () => ID, { description: 'The user to erase.' }) userId: string,
    @Ctx() context: RequestContext,
  ): Promise<RecordEventsResult> {
    const check = new InputCheck()
    check.id(userId, 'userId')
    check.throwIfAny()
    const backfillBefore = await pendingBackfill(userId, context)
    return record([{ v: 1, kind: 'forget', userId, backfillBefore }], context)
  }

  @Mutation(() => PutItemsResult, {
    description: 'Creates or replaces 1..1000 items (an upsert). Fields that are left out get their default.',
  })
  async putItems(
    @Arg('items', () => [ItemInput], { description: 'Items to create or replace.' }) items: ItemInput[],
    @Ctx() { services }: RequestContext,
  ): Promise<PutItemsResult> {
    const records = toItemRecords(items)
    const upTo = await appendItems(
      records.map((record) => ({ id: record.id, record })),
      services,
    )
    return { accepted: items.length, token: tokenOf(services, { items: upTo }) }
  }

  @Mutation(() => PutItemsResult, { description: 'Removes 1..1000 items. Unknown ids are ignored.' })
  async removeItems(
    @Arg('ids', () => [ID], { description: 'Items to remove.' }) ids: string[],
    @Ctx() { services }: RequestContext,
  ): Promise<PutItemsResult> {
    const check = new InputCheck()
    check.ids(ids, 'ids', 1, batchMax)
    check.throwIfAny()
    const upTo = await appendItems(
      ids.map((id) => ({ id, record: null })),
      services,
    )
    return { accepted: ids.length, token: tokenOf(services, { items: upTo }) }
  }
}

async function record(records: readonly InteractionRecord[], context: RequestContext): Promise<RecordEventsResult> {
  const positions = await appendInteractions(records, context)
  const token = tokenOf(context.services, { positions: newestByUser(records, positions) })
  return { accepted: records.length, token }
}

/** In the backfill, a record follows all that was acknowledged before it: it is copied behind the live events, too. */
async function recordInBackfill(
  records: readonly InteractionRecord[],
  context: RequestContext,
): Promise<RecordEventsResult> {
  const positions = await appendInteractions(records, context, topics.backfill)
  const token = tokenOf(context.services, { backfilled: newestByUser(records, positions) })
  return { accepted: records.length, token }
}

const tokenOf = ({ timeline }: Pick<Services, 'timeline'>, parts: Partial<CausalToken>): string =>
  encodeToken({ ...emptyToken, ...parts, timeline })
