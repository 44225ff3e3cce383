import 'reflect-metadata'
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import { DateTime } from './date-time.ts'

@ObjectType({ description: 'One thing of the catalog.', simpleResolvers: true })
export class Item {
  @Field(() => ID, { description: "Id of the shop's making, unique in the catalog." })
  readonly id!: string

  @Field(() => String, { description: 'Title to show.' })
  readonly title!: string

  @Field(() => String, { nullable: true, description: 'Plain text; null where the catalog has none.' })
  readonly description!: string | null

  @Field(() => [String], { description: 'Names of the categories; rules and filters refer to them.' })
  readonly categories!: readonly string[]

  @Field(() => [String], { description: 'Labels; rules and filters refer to them.' })
  readonly tags!: readonly string[]

  @Field(() => Float, { nullable: true, description: "Price in the shop's currency; null where it is not known." })
  readonly price!: number | null

  @Field(() => String, { nullable: true, description: 'Address of an image; null where the catalog has none.' })
  readonly imageUrl!: string | null

  @Field(() => Boolean, { description: 'false: is in no list.' })
  readonly available!: boolean

  @Field(() => DateTime, { nullable: true, description: 'When the item appeared; null where it is not known.' })
  readonly publishedAt!: number | null

  constructor(fields: Omit<Item, never>) {
    Object.assign(this, fields)
  }
}

@ObjectType({ description: 'As the Relay connections specification has it.', simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is an edge after the last one of this page.' })
  readonly hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Whether there is an edge before the first one of this page.' })
  readonly hasPreviousPage!: boolean

  @Field(() => String, { nullable: true, description: 'Cursor of the first edge; null on an empty page.' })
  readonly startCursor!: string | null

  @Field(() => String, { nullable: true, description: 'Cursor of the last edge; null on an empty page.' })
  readonly endCursor!: string | null
}

@ObjectType({ description: 'An item and its place in the catalog.', simpleResolvers: true })
export class ItemEdge {
  @Field(() => String, { description: 'Pass it as `after` to continue behind this item.' })
  readonly cursor!: string

  @Field(() => Item, { description: 'The item.' })
  readonly node!: Item
}

@ObjectType({ description: 'A page of the catalog.', simpleResolvers: true })
export class ItemConnection {
  @Field(() => [ItemEdge], { description: 'Items of this page, in order.' })
  readonly edges!: readonly ItemEdge[]

  @Field(() => PageInfo, { description: 'Whether there are more pages, and their cursors.' })
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

  @Field(() => [String], { nullable: true, description: 'An item of any of these does not pass.' })
  readonly excludeCategories?: readonly string[] | null

  @Field(() => Float, { nullable: true, description: 'An item without a price never passes.' })
  readonly minPrice?: number | null

  @Field(() => Float, { nullable: true, description: 'An item without a price never passes.' })
  readonly maxPrice?: number | null
}

@InputType({ description: 'An item to create or replace. Fields that are left out get their default.' })
export class ItemInput {
  @Field(() => ID, { description: '1..256 bytes' })
  readonly id!: string

  @Field(() => String, { description: '1..1,000 characters.' })
  readonly title!: string

  @Field(() => String, { nullable: true, description: 'Plain text, at most 20,000 characters.' })
  readonly description?: string | null

  @Field(() => [String], { nullable: true, defaultValue: [], description: 'At most 100 names of 1..256 characters.' })
  readonly categories?: readonly string[] | null

  @Field(() => [String], { nullable: true, defaultValue: [], description: 'At most 100 labels of 1..256 characters.' })
  readonly tags?: readonly string[] | null

  @Field(() => Float, { nullable: true, description: "0 or more, in the shop's currency." })
  readonly price?: number | null

  @Field(() => String, { nullable: true, description: 'At most 2,048 characters.' })
  readonly imageUrl?: string | null

  @Field(() => Boolean, { nullable: true, defaultValue: true, description: 'false: leaves every list within a second' })
  readonly available?: boolean | null

  @Field(() => DateTime, { nullable: true, description: 'When the item appeared; new items may be preferred.' })
  readonly publishedAt?: number | null
}

@ObjectType({ description: 'Acknowledgment of changes of the catalog: they are durable.', simpleResolvers: true })
export class PutItemsResult {
  @Field(() => Int, { description: 'How many changes were accepted.' })
  readonly accepted!: number

  @Field(() => String, {
    description: 'For recommendations(after:): answer only when the catalog has these items.',
  })
  readonly token!: string
}
