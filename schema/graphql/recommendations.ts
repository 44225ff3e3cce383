import 'reflect-metadata'
import { createUnionType, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import type { EventType } from '../records/interaction.ts'
import type { TrendWindow } from '../records/ranked-list.ts'
import { DateTime } from './date-time.ts'
import { EventTypeEnum, TrendWindowEnum } from './enums.ts'
import { Item } from './item.ts'

@ObjectType({ description: 'Follows from something the user did with an item.', simpleResolvers: true })
export class BecauseOfItem {
  @Field(() => Item, { description: 'The item that the recommendation follows from.' })
  readonly item: Item

  @Field(() => EventTypeEnum, { description: 'What the user did with that item.' })
  readonly eventType: EventType

  constructor(item: Item, eventType: EventType) {
    this.item = item
    this.eventType = eventType
  }
}

@ObjectType({ description: 'Trending now.', simpleResolvers: true })
export class PopularNow {
  @Field(() => TrendWindowEnum, { description: 'How far back the trend looks.' })
  readonly window: TrendWindow

  constructor(window: TrendWindow) {
    this.window = window
  }
}

@ObjectType({ description: "Matches the user's vector.", simpleResolvers: true })
export class MatchesTaste {
  @Field(() => [String], { description: 'The categories of the item that the user prefers most.' })
  readonly categories: readonly string[]

  constructor(categories: readonly string[]) {
    this.categories = categories
  }
}

@ObjectType({ description: 'New in the catalog.', simpleResolvers: true })
export class NewArrival {
  @Field(() => DateTime, { nullable: true, description: 'When it appeared; null where the catalog does not say.' })
  readonly publishedAt: number | null

  constructor(publishedAt: number | null) {
    this.publishedAt = publishedAt
  }
}

@ObjectType({ description: 'Placed by a business rule.', simpleResolvers: true })
export class ChosenByShop {
  @Field(() => String, { description: 'The kind of rule: `pin`.' })
  readonly rule: string

  constructor(rule: string) {
    this.rule = rule
  }
}

/** Told apart by their classes: a resolveType of our own would make every pick a promise. */
export const Reason = createUnionType({
  name: 'Reason',
  description: 'Why an item is in a list.',
  types: () => [BecauseOfItem, PopularNow, MatchesTaste, NewArrival, ChosenByShop] as const,
})
export type Reason = BecauseOfItem | PopularNow | MatchesTaste | NewArrival | ChosenByShop

@ObjectType({ description: 'One recommended item.', simpleResolvers: true })
export class Pick {
  @Field(() => Int, { description: '1 is the best.' })
  readonly rank: number

  @Field(() => Float, { description: 'Comparable within one list only.' })
  readonly score: number

  @Field(() => Item, { description: 'The item.' })
  readonly item: Item

  @Field(() => Reason, { description: 'Why the item is in the list.' })
  readonly reason: Reason

  constructor(rank: number, score: number, item: Item, reason: Reason) {
    this.rank = rank
    this.score = score
    this.item = item
    this.reason = reason
  }
}

@ObjectType({ description: 'A list of recommended items.', simpleResolvers: true })
export class Recommendations {
  private readonly idOf: () => string
  private computedId: string | undefined

  @Field(() => ID, { nullable: true, description: 'The user; null for a session.' })
  readonly userId!: string | null

  @Field(() => String, { description: 'Opaque. Revisions of one user compare as strings; the newer one is greater.' })
  readonly revision!: string

  @Field(() => DateTime, { description: 'When it was computed.' })
  readonly computedAt!: number

  @Field(() => Int, { description: 'The model it was ranked with; 0 without one.' })
  readonly modelVersion!: number

  @Field(() => ID, {
    nullable: true,
    description: 'Id of the newest event in this revision; null where there is none.',
  })
  readonly causedByEventId!: string | null

  @Field(() => Boolean, {
    description: 'false: nothing is known of the user, so the list is made of trending and new items.',
  })
  readonly personalized!: boolean

  @Field(() => String, {
    nullable: true,
    description:
      'The variant of the experiment that the list takes part in, as `experiment~variant`; of several experiments, joined by `+`.',
  })
  readonly variant!: string | null

  @Field(() => String, { nullable: true, description: 'The `placement` of the request.' })
  readonly placement!: string | null

  @Field(() => [Pick], { description: 'The items, best first.' })
  readonly picks!: readonly Pick[]

  /** @param idOf called when the id is first asked for: it takes two hashes */
  constructor(fields: Omit<Recommendations, 'id'>, idOf: () => string) {
    Object.assign(this, fields)
    this.idOf = idOf
  }

  @Field(() => ID, {
    description:
      'The `recommendationId`: send it with what the user does about this list. It identifies the list by user, revision, variant, placement and all arguments that change its picks. Two lists with different picks never share an id, so normalized client caches keep them apart.',
  })
  get id(): string {
    this.computedId ??= this.idOf()
    return this.computedId
  }
}

@InputType({ description: 'One step of a click trail or basket.' })
export class SessionEventInput {
  @Field(() => ID, { description: 'The item, 1..256 bytes.' })
  readonly itemId!: string

  @Field(() => EventTypeEnum, { nullable: true, defaultValue: 'VIEW', description: 'What the visitor did.' })
  readonly type?: EventType | null
}
