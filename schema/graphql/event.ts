import 'reflect-metadata'
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import type { EventType } from '../records/interaction.ts'
import { DateTime } from './date-time.ts'
import { EventTypeEnum } from './enums.ts'

@InputType({ description: 'Something a visitor did.' })
export class EventInput {
  @Field(() => ID, {
    nullable: true,
    description: "The client's own, unique per user; the server makes a UUIDv7 where it is left out.",
  })
  readonly eventId?: string | null

  @Field(() => ID, { description: '1..256 bytes' })
  readonly userId!: string

  @Field(() => ID, { description: '1..256 bytes. An item the catalog does not have yet is taken too.' })
  readonly itemId!: string

  @Field(() => EventTypeEnum, { description: 'What the visitor did.' })
  readonly type!: EventType

  @Field(() => Float, { nullable: true, description: 'RATING: 0..5 stars' })
  readonly value?: number | null

  @Field(() => Int, { nullable: true, defaultValue: 1, description: 'Number of pieces, 1..1,000,000.' })
  readonly quantity?: number | null

  @Field(() => DateTime, {
    nullable: true,
    description: "When it happened; the server's clock where left out; at most 5 minutes in the future.",
  })
  readonly timestamp?: number | null

  @Field(() => Int, {
    nullable: true,
    description: '1..1000: the place of the item in the list it was shown or clicked in.',
  })
  readonly position?: number | null

  @Field(() => Float, { nullable: true, description: 'CONSUME: 0..1, the greatest portion so far.' })
  readonly portion?: number | null

  @Field(() => Float, { nullable: true, description: 'CONSUME, VIEW, CLICK: time spent, 0..86400.' })
  readonly seconds?: number | null

  @Field(() => Float, { nullable: true, description: 'PURCHASE, REFUND: price of one, 0 or more.' })
  readonly unitPrice?: number | null

  @Field(() => String, {
    nullable: true,
    description: "Currency of `unitPrice`, ISO 4217; left out: the shop's configured currency.",
  })
  readonly currency?: string | null

  @Field(() => ID, {
    nullable: true,
    description: 'Which list the user acted on, for click-through and experiments.',
  })
  readonly recommendationId?: string | null
}

@ObjectType({ description: 'Acknowledgment of events: they are durable.', simpleResolvers: true })
export class RecordEventsResult {
  @Field(() => Int, { description: 'How many were accepted, repeated ones included.' })
  readonly accepted!: number

  @Field(() => String, {
    description: 'For recommendations(after:): answer only with picks that have seen these events.',
  })
  readonly token!: string
}
