import 'reflect-metadata'
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import type { EventType } from '../records/interaction.ts'
import { DateTime } from './date-time.ts'
import { EventTypeEnum } from './enums.ts'

@InputType({ description: 'Something a visitor did.' })
export class EventInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'Id that the client chose, unique per user: an event counts once per id. Default: a UUIDv7 made by the server.',
  })
  readonly eventId?: string | null

  @Field(() => ID, { description: 'The user, 1..256 bytes.' })
  readonly userId!: string

  @Field(() => ID, { description: 'The item, 1..256 bytes. It need not be in the catalog yet.' })
  readonly itemId!: string

  @Field(() => EventTypeEnum, { description: 'What the visitor did.' })
  readonly type!: EventType

  @Field(() => Float, { nullable: true, description: 'RATING: 0..5 stars' })
  readonly value?: number | null

  @Field(() => Int, { nullable: true, defaultValue: 1, description: 'Number of pieces, 1..1,000,000.' })
  readonly quantity?: number | null

  @Field(() => DateTime, {
    nullable: true,
    description: "When it happened, at most 5 minutes in the future. Default: the server's clock.",
  })
  readonly timestamp?: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Position of the item in the list in which it was shown or clicked, 1..1000.',
  })
  readonly position?: number | null

  @Field(() => Float, { nullable: true, description: 'CONSUME: 0..1, the greatest portion so far.' })
  readonly portion?: number | null

  @Field(() => Float, { nullable: true, description: 'CONSUME, VIEW, CLICK: time spent, 0..86400.' })
  readonly seconds?: number | null

  @Field(() => Float, { nullable: true, description: 'PURCHASE, REFUND: price of one, 0..1e12.' })
  readonly unitPrice?: number | null

  @Field(() => String, {
    nullable: true,
    description: "Currency of `unitPrice`, ISO 4217. Default: the shop's currency.",
  })
  readonly currency?: string | null

  @Field(() => ID, {
    nullable: true,
    description: 'Id of the list that the user reacted to; counted for click-through and experiments.',
  })
  readonly recommendationId?: string | null
}

@ObjectType({ description: 'Acknowledgment of events: they are durable.', simpleResolvers: true })
export class RecordEventsResult {
  @Field(() => Int, { description: 'How many were accepted, repeated ones included.' })
  readonly accepted!: number

  @Field(() => String, {
    description: 'Causal token. recommendations(after: token) waits until the list includes these events.',
  })
  readonly token!: string
}
