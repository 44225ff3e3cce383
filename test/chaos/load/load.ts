import { type EventType, eventTypes } from '../../../schema/records/interaction.ts'
import type { Dice } from '../../simulator/dice.ts'
import type { ChaosClient } from './client.ts'
import type { Model } from './model.ts'
import type { Revisions } from './watchers.ts'

const record =
  'mutation ($events: [EventInput!]!, $priority: EventPriority!) { recordEvents(events: $events, priority: $priority) { accepted token } }'
const undo = 'mutation ($userId: ID!, $ids: [ID!]!) { undoEvents(userId: $userId, eventIds: $ids) { token } }'
const forget = 'mutation ($userId: ID!) { forgetUser(userId: $userId) { token } }'
const read = `query ($userId: ID!, $after: String) {
  recommendations(userId: $userId, first: 10, after: $after) { revision causedByEventId picks { item { id } } }
}`

type Recorded = { readonly recordEvents: { readonly token: string } }
type Read = { readonly recommendations: { readonly revision: string } }

interface Parts {
  readonly client: ChaosClient
  readonly model: Model
  readonly revisions: Revisions
  readonly dice: Dice
  readonly users: readonly string[]
  readonly items: readonly string[]
}

/** Of many CONSUME events of an item only three can be taken back (engine/user/profile.ts). */
const leftOut: readonly EventType[] = ['IMPRESSION', 'RATING', 'CONSUME']
const types = eventTypes.filter((type) => !leftOut.includes(type))
const writersMax = 6
const pauseMs = 15
/** A backfill beside the visitors: so many events at a time, of so many users of its own. */
const backfill = { events: 60, users: 20, pauseMs: 200 }

/**
 * Visitors who act and look, from a seed: events, some sent twice, some taken back, visitors who are forgotten, lists read
 * with a token and without, and a backfill that runs beside them. One writer a user at a time, so the log's order of a user is the order of the acknowledgements.
 */
export class Load {
  private readonly busy = new Set<string>()
  private running: Promise<unknown> | undefined
  private paused = true
  private events = 0
  private guests = 0

  constructor(private readonly parts: Parts) {}

  start(): void {
    if (this.running) return
    this.paused = false
    const writers = Array.from({ length: writersMax }, () => this.write())
    this.running = Promise.all([...writers, this.look(), this.fillBack()])
  }

  /** Resolves once everything under way has been answered, however often it must be asked. */
  async pause(): Promise<void> {
    this.paused = true
    await this.running
    this.running = undefined
  }

  private async write(): Promise<void> {
    const { dice, users } = this.parts
    while (!this.paused) {
      const user = dice.pick(users)
      if (!this.busy.has(user)) {
        this.busy.add(user)
        if (dice.chance(0.02)) await this.beForgotten(`guest-${this.guests++}`)
        else if (dice.chance(0.05)) await this.takeBack(user)
        else await this.act(user)
        this.busy.delete(user)
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  private async act(userId: string): Promise<boolean> {
    const { client, model, dice, revisions } = this.parts
    const events = Array.from({ length: dice.between(1, 4) }, () => this.event(userId))
    const priority = 'LIVE' // in one lane the order of a user's events is that of the acknowledgements
    const answer = await client.ask<Recorded>(record, { events, priority })
    if (!answer) return false
    model.recorded(
      userId,
      events.map(({ eventId }) => eventId),
    )
    const again = dice.chance(0.1) ? await client.ask<Recorded>(record, { events, priority }) : undefined
    if (dice.chance(0.2)) {
      const before = revisions.of(userId)
      const fresh = await client.ask<Read>(read, { userId, after: answer.data.recordEvents.token })
      if (fresh) revisions.saw(userId, fresh.data.recommendations.revision, before, 'queried with a token')
    }
    return !answer.retried && !again?.retried
  }

  private async fillBack(): Promise<void> {
    const { client, model } = this.parts
    while (!this.paused) {
      const events = Array.from({ length: backfill.events }, (_, n) => this.event(`backfill-${n % backfill.users}`))
      if (await client.ask<Recorded>(record, { events, priority: 'BULK' })) {
        for (const { userId, eventId } of events) model.recorded(userId, [eventId])
      }
      await new Promise((resolve) => setTimeout(resolve, backfill.pauseMs))
    }
  }

  private async takeBack(userId: string): Promise<void> {
    const { client, model, dice } = this.parts
    const ids = [...model.user(userId).live].slice(-3).filter(() => dice.chance(0.5))
    if (ids.length > 0 && (await client.ask(undo, { userId, ids }))) model.tookBack(userId, ids)
  }

  private async beForgotten(userId: string): Promise<void> {
    const { client, model } = this.parts
    const sure = await this.act(userId)
    const answer = await client.ask(forget, { userId })
    // A record that was sent twice may arrive behind the erasure: then it is a new visitor's, and nothing can be said.
    if (answer && sure) model.user(userId).forgotten = true
    else model.users.delete(userId)
  }

  private async look(): Promise<void> {
    const { client, dice, users, revisions } = this.parts
    while (!this.paused) {
      const userId = dice.pick(users)
      const before = revisions.of(userId)
      const answer = await client.ask<Read>(read, { userId })
      if (answer) revisions.saw(userId, answer.data.recommendations.revision, before, 'queried')
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  private event(userId: string) {
    const { dice, items } = this.parts
    const eventId = `e${++this.events}`
    return { eventId, userId, itemId: dice.pick(items), type: dice.pick(types) }
  }
}
