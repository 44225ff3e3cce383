import 'reflect-metadata'
import { ArgsType, Field, ID, Int, ObjectType } from 'type-graphql'
import { type HomeRowKind, HomeRowKindEnum } from './enums.ts'
import { ItemFilter } from './item.ts'
import { BecauseOfItem, MatchesTaste, Pick, Reason } from './recommendations.ts'

@ObjectType({ description: 'One row of a start page.', simpleResolvers: true })
export class HomeRow {
  @Field(() => ID, {
    description:
      'The same while the picks are the same. It is the `recommendationId` of the row: send it with what the user does in this row.',
  })
  readonly id!: string

  @Field(() => HomeRowKindEnum, { description: 'What the items of the row have in common.' })
  readonly kind!: HomeRowKind

  @Field(() => Reason, {
    nullable: true,
    description: 'BECAUSE_OF: that item; CATEGORY: MatchesTaste with that category; null for the other kinds.',
  })
  readonly because!: BecauseOfItem | MatchesTaste | null

  @Field(() => [Pick], { description: 'The items, best first; at least 4.' })
  readonly picks!: readonly Pick[]

  constructor(fields: Omit<HomeRow, never>) {
    Object.assign(this, fields)
  }
}

@ObjectType({ description: 'A start page for one user.', simpleResolvers: true })
export class Home {
  @Field(() => ID, { description: 'The same as long as the rows and their order are the same.' })
  readonly id!: string

  @Field(() => [HomeRow], { description: 'In the order in which they should be shown. No item is in two of them.' })
  readonly rows!: readonly HomeRow[]

  constructor(fields: Omit<Home, never>) {
    Object.assign(this, fields)
  }
}

@ArgsType()
export class HomeArgs {
  @Field(() => ID, {
    description: 'The user, 1..256 bytes. An unknown user gets rows of trending and new items.',
  })
  readonly userId!: string

  @Field(() => Int, { nullable: true, defaultValue: 6, description: 'Rows at most, 1..20.' })
  readonly rows?: number | null

  @Field(() => Int, {
    nullable: true,
    defaultValue: 12,
    description: 'Items of a row at most, 1..100. Below 4 there is no row.',
  })
  readonly first?: number | null

  @Field(() => ItemFilter, { nullable: true, description: 'Conditions that every item must satisfy. Default: none.' })
  readonly filter?: ItemFilter | null

  @Field(() => String, {
    nullable: true,
    defaultValue: 'home',
    description: 'Where the page stands, 1..64 of a-z 0-9 -. Rules and metrics differ per placement.',
  })
  readonly placement?: string | null
}

@ArgsType()
export class RankArgs {
  @Field(() => ID, { description: 'The user, 1..256 bytes. For an unknown user, trending items come first.' })
  readonly userId!: string

  @Field(() => [ID], { description: 'Ids of the items to order, 1..1000 of them. An id that is repeated counts once.' })
  readonly itemIds!: readonly string[]

  @Field(() => String, {
    nullable: true,
    description: 'Where the list stands, 1..64 of a-z 0-9 -. Rules and metrics differ per placement.',
  })
  readonly placement?: string | null
}
