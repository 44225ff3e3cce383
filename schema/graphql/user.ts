import 'reflect-metadata'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { EventType } from '../records/interaction.ts'
import { DateTime } from './date-time.ts'
import { EventTypeEnum } from './enums.ts'
import { Item, PageInfo } from './item.ts'

@ObjectType({ description: 'A user with a history.', simpleResolvers: true })
export class User {
  @Field(() => ID, { description: "The user's id." })
  readonly id: string

  constructor(id: string) {
    this.id = id
  }
}

@ObjectType({ description: 'An event that counted.', simpleResolvers: true })
export class UserEvent {
  @Field(() => ID, { description: "The client's id of the event, unique per user." })
  readonly eventId!: string

  @Field(() => EventTypeEnum, { description: 'What the user did.' })
  readonly type!: EventType

  @Field(() => Item, { nullable: true, description: 'The item; null where the catalog does not have it.' })
  readonly item!: Item | null

  @Field(() => ID, { description: 'The item the event is about.' })
  readonly itemId!: string

  @Field(() => Float, { nullable: true, description: 'Stars of a RATING, 0..5; null for other types.' })
  readonly value!: number | null

  @Field(() => Int, { description: 'Number of pieces.' })
  readonly quantity!: number

  @Field(() => Int, { nullable: true, description: 'Position of the item in its list, 1..1000.' })
  readonly position!: number | null

  @Field(() => Float, { nullable: true, description: 'CONSUME: the greatest portion so far, 0..1.' })
  readonly portion!: number | null

  @Field(() => Float, { nullable: true, description: 'CONSUME, VIEW, CLICK: time spent, in seconds.' })
  readonly seconds!: number | null

  @Field(() => Float, { nullable: true, description: 'PURCHASE, REFUND: price of one.' })
  readonly unitPrice!: number | null

  @Field(() => String, { nullable: true, description: 'Currency of `unitPrice`, ISO 4217.' })
  readonly currency!: string | null

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly timestamp!: number
}

@ObjectType({ description: 'An event and its cursor.', simpleResolvers: true })
export class UserEventEdge {
  @Field(() => String, { description: 'Pass it as `after` to continue with older events.' })
  readonly cursor!: string

  @Field(() => UserEvent, { description: 'The event.' })
  readonly node!: UserEvent
}

@ObjectType({ description: 'Newest first.', simpleResolvers: true })
export class UserEventConnection {
  @Field(() => [UserEventEdge], { description: 'Events of this page, newest first.' })
  readonly edges!: readonly UserEventEdge[]

  @Field(() => PageInfo, { description: 'Whether there are more pages, and their cursors.' })
  readonly pageInfo!: PageInfo
}
