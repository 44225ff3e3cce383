import 'reflect-metadata'
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import type { ItemAttribute } from '../../engine/types.ts'
import { DateTime } from './date-time.ts'

@ObjectType({
  description: 'A typed property of an item. Exactly one of text, number and flag is not null.',
  simpleResolvers: true,
})
export class Attribute implements ItemAttribute {
  @Field(() => String, { description: 'Name of the property; may repeat.' })
  readonly name!: string

  @Field(() => String, { nullable: true, description: 'The value where it is a text.' })
  readonly text!: string | null

  @Field(() => Float, { nullable: true, description: 'The value where it is a number.' })
  readonly number!: number | null

  @Field(() => Boolean, { nullable: true, description: 'The value where it is true or false.' })
  readonly flag!: boolean | null
}

@ObjectType({ description: 'An item of the catalog.', simpleResolvers: true })
export class Item {
  @Field(() => ID, { description: 'Id that the shop chose, unique in the catalog.' })
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

  @Field(() => DateTime, { nullable: true, description: 'In no list before this time; null: no limit.' })
  readonly availableFrom!: number | null

  @Field(() => DateTime, { nullable: true, description: 'In no list from this time on; null: no limit.' })
  readonly availableUntil!: number | null

  @Field(() => ID, {
    nullable: true,
    description: 'Variants of one product have the same: a list holds at most one of them.',
  })
  readonly groupId!: string | null

  @Field(() => [Attribute], { description: 'Typed properties; filters and rules refer to them.' })
  readonly attributes!: readonly ItemAttribute[]

  /** Whether lists may have it now: `available` and inside its availability window. The catalog keeps it up to date. */
  readonly isListed!: boolean

  constructor(fields: Omit<Item, never>) {
    Object.assign(this, fields)
  }
}

@ObjectType({ description: 'Page information, as in the Relay connection specification.', simpleResolvers: true })
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

@ObjectType({ description: 'An item and its cursor.', simpleResolvers: true })
export class ItemEdge {
  @Field(() => String, { description: 'Pass it as `after` to continue after this item.' })
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

  @Field(() => Int, { description: 'Number of matches on all pages.' })
  readonly totalCount!: number
}

@InputType({
  description:
    'A condition on one attribute of an item. All given parts must hold for the same value, which is a text, a number or a flag: `in` together with `gte`, `lte` or `is` matches no item. With the name alone the item must have the attribute. Where a name repeats, one value that matches suffices.',
})
export class AttributeFilter {
  @Field(() => String, { description: 'Name of the attribute, 1..64 bytes.' })
  readonly name!: string

  @Field(() => [String], {
    nullable: true,
    description: 'A text that is any of these; at most 100. Empty: no item matches.',
  })
  readonly in?: readonly string[] | null

  @Field(() => Float, { nullable: true, description: 'A number that is this or more. Refused above `lte`.' })
  readonly gte?: number | null

  @Field(() => Float, { nullable: true, description: 'A number that is this or less.' })
  readonly lte?: number | null

  @Field(() => Boolean, { nullable: true, description: 'A flag that is this.' })
  readonly is?: boolean | null
}

@InputType({
  description: 'Conditions on items. All given fields must hold; a field that is left out or null is no condition.',
})
export class ItemFilter {
  @Field(() => [String], { nullable: true, description: 'The item has any of these categories.' })
  readonly categories?: readonly string[] | null

  @Field(() => [String], { nullable: true, description: 'The item has any of these tags.' })
  readonly tags?: readonly string[] | null

  @Field(() => [String], { nullable: true, description: 'The item has none of these categories.' })
  readonly excludeCategories?: readonly string[] | null

  @Field(() => Float, {
    nullable: true,
    description: 'The price is this or more. An item without a price does not match.',
  })
  readonly minPrice?: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'The price is this or less. An item without a price does not match.',
  })
  readonly maxPrice?: number | null

  @Field(() => [String], { nullable: true, description: 'The item has all of these categories.' })
  readonly allCategories?: readonly string[] | null

  @Field(() => [String], { nullable: true, description: 'The item has all of these tags.' })
  readonly allTags?: readonly string[] | null

  @Field(() => [String], { nullable: true, description: 'The item has none of these tags.' })
  readonly excludeTags?: readonly string[] | null

  @Field(() => [AttributeFilter], {
    nullable: true,
    description: 'All of these must hold, at most 16. An item without the attribute does not match.',
  })
  readonly attributes?: readonly AttributeFilter[] | null

  @Field(() => DateTime, {
    nullable: true,
    description: 'The item was published after this time. An item without a date does not match.',
  })
  readonly publishedAfter?: number | null
}

@InputType({ description: 'A typed property of an item: a name and exactly one value.' })
export class AttributeInput {
  @Field(() => String, { description: 'Name of the attribute, 1..64 bytes; may repeat.' })
  readonly name!: string

  @Field(() => String, { nullable: true, description: 'The value as text, 1..256 bytes.' })
  readonly text?: string | null

  @Field(() => Float, { nullable: true, description: 'A finite number.' })
  readonly number?: number | null

  @Field(() => Boolean, { nullable: true, description: 'true or false.' })
  readonly flag?: boolean | null
}

@InputType({ description: 'An item to create or replace. Fields that are left out get their default.' })
export class ItemInput {
  @Field(() => ID, { description: 'Id of the item, 1..256 bytes.' })
  readonly id!: string

  @Field(() => String, { description: 'Title to show, 1..1,000 characters.' })
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

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: 'false: the item leaves every list within a second.',
  })
  readonly available?: boolean | null

  @Field(() => DateTime, { nullable: true, description: 'When the item appeared; new items may be preferred.' })
  readonly publishedAt?: number | null

  @Field(() => DateTime, { nullable: true, description: 'The item is in no list before this time.' })
  readonly availableFrom?: number | null

  @Field(() => DateTime, {
    nullable: true,
    description: 'The item leaves every list and every open page at this time; after `availableFrom`.',
  })
  readonly availableUntil?: number | null

  @Field(() => ID, {
    nullable: true,
    description: 'Variants of one product: a list holds at most one of them. 1..256 bytes.',
  })
  readonly groupId?: string | null

  @Field(() => [AttributeInput], { nullable: true, defaultValue: [], description: 'At most 32.' })
  readonly attributes?: readonly AttributeInput[] | null
}

@ObjectType({ description: 'Acknowledgment of changes of the catalog: they are durable.', simpleResolvers: true })
export class PutItemsResult {
  @Field(() => Int, { description: 'How many changes were accepted.' })
  readonly accepted!: number

  @Field(() => String, {
    description: 'Causal token. recommendations(after: token) waits until the catalog includes these changes.',
  })
  readonly token!: string
}
