import 'reflect-metadata'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { EventType } from '../records/interaction.ts'
import { DateTime } from './date-time.ts'
import { EventTypeEnum } from './enums.ts'
import { Item, PageInfo } from './item.ts'

@ObjectType({ description: 'Somebody with a history.', simpleResolvers: true })
export class User {
  @Field(() => ID)
  readonly id: string

  constructor(id: string) {
    this.id = id
  }
}

@ObjectType({ description: 'An event that counted.', simpleResolvers: true })
export class UserEvent {
  @Field(() => ID)
  readonly eventId!: string

  @Field(() => EventTypeEnum)
  readonly type!: EventType

  @Field(() => Item, { nullable: true, description: 'null where the catalog does not have it.' })
  readonly item!: Item | null

  @Field(() => ID)
  readonly itemId!: string

  @Field(() => Float, { nullable: true })
  readonly value!: number | null

  @Field(() => Int)
  readonly quantity!: number

  @Field(() => DateTime)
  readonly timestamp!: number
}

@ObjectType({ simpleResolvers: true })
export class UserEventEdge {
  @Field(() => String)
  readonly cursor!: string

  @Field(() => UserEvent)
  readonly node!: UserEvent
}

@ObjectType({ description: 'Newest first.', simpleResolvers: true })
export class UserEventConnection {
  @Field(() => [UserEventEdge])
  readonly edges!: readonly UserEventEdge[]

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo
}
