import 'reflect-metadata'
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import { DateTime } from './date-time.ts'

@ObjectType({ description: 'One thing of the catalog.', simpleResolvers: true })
export class Item {
  @Field(() => ID)
  readonly id!: string

  @Field(() => String)
  readonly title!: string

  @Field(() => String, { nullable: true })
  readonly description!: string | null

  @Field(() => [String])
  readonly categories!: readonly string[]

  @Field(() => [String])
  readonly tags!: readonly string[]

  @Field(() => Float, { nullable: true })
  readonly price!: number | null

  @Field(() => String, { nullable: true })
  readonly imageUrl!: string | null

  @Field(() => Boolean, { description: 'false: is in no list.' })
  readonly available!: boolean

  @Field(() => DateTime, { nullable: true })
  readonly publishedAt!: number | null

  constructor(fields: Omit<Item, never>) {
    Object.assign(this, fields)
  }
}

@ObjectType({ description: 'As the Relay connections specification has it.', simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean)
  readonly hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Whether there is an edge before the first one of this page.' })
  readonly hasPreviousPage!: boolean

  @Field(() => String, { nullable: true })
  readonly startCursor!: string | null

  @Field(() => String, { nullable: true })
  readonly endCursor!: string | null
}

@ObjectType({ simpleResolvers: true })
export class ItemEdge {
  @Field(() => String)
  readonly cursor!: string

  @Field(() => Item)
  readonly node!: Item
}

@ObjectType({ simpleResolvers: true })
export class ItemConnection {
  @Field(() => [ItemEdge])
  readonly edges!: readonly ItemEdge[]

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo

  @Field(() => Int, { description: 'All matches, on whatever page.' })
  readonly totalCount!: number
}

@InputType({ description: 'Every given part must hold; a part left out or null allows everything.' })
export class ItemFilter {
  @Field(() => [String], { nullable: true, description: 'any of' })
  readonly categories?: readonly string[] | null

  @Field(() => [String], { nullable: true, description: 'any of' })
  readonly tags?: readonly string[] | null

  @Field(() => [String], { nullable: true })
  readonly excludeCategories?: readonly string[] | null

  @Field(() => Float, { nullable: true, description: 'An item without a price never passes.' })
  readonly minPrice?: number | null

  @Field(() => Float, { nullable: true, description: 'An item without a price never passes.' })
  readonly maxPrice?: number | null
}

@InputType()
export class ItemInput {
  @Field(() => ID, { description: '1..256 bytes' })
  readonly id!: string

  @Field(() => String)
  readonly title!: string

  @Field(() => String, { nullable: true })
  readonly description?: string | null

  @Field(() => [String], { nullable: true, defaultValue: [] })
  readonly categories?: readonly string[] | null

  @Field(() => [String], { nullable: true, defaultValue: [] })
  readonly tags?: readonly string[] | null

  @Field(() => Float, { nullable: true })
  readonly price?: number | null

  @Field(() => String, { nullable: true })
  readonly imageUrl?: string | null

  @Field(() => Boolean, { nullable: true, defaultValue: true, description: 'false: leaves every list within a second' })
  readonly available?: boolean | null

  @Field(() => DateTime, { nullable: true })
  readonly publishedAt?: number | null
}

@ObjectType({ simpleResolvers: true })
export class PutItemsResult {
  @Field(() => Int)
  readonly accepted!: number

  @Field(() => String, {
    description: 'For recommendations(after:): answer only when the catalog has these items.',
  })
  readonly token!: string
}
