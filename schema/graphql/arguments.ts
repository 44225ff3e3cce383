import 'reflect-metadata'
import { ArgsType, Field, Float, ID, Int } from 'type-graphql'
import type { TrendWindow } from '../records/ranked-list.ts'
import { TrendWindowEnum } from './enums.ts'
import { ItemFilter } from './item.ts'
import { SessionEventInput } from './recommendations.ts'

/** Every list takes these. A null is the same as leaving the argument out. */
@ArgsType()
export class FilteredArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'Maximum number of items, 1..100.' })
  readonly first?: number | null

  @Field(() => ItemFilter, { nullable: true, description: 'Conditions that every item must satisfy. Default: none.' })
  readonly filter?: ItemFilter | null
}

/** Every list that may be arranged for a place takes these. */
@ArgsType()
export class PlacedArgs extends FilteredArgs {
  @Field(() => String, {
    nullable: true,
    description:
      "1..64 of a-z 0-9 -: where the list stands (home, product-page, email). Rules, experiments, quality and click-through are kept per placement; a name without rules of its own follows the shop's rules.",
  })
  readonly placement?: string | null
}

@ArgsType()
export class ListArgs extends PlacedArgs {
  @Field(() => [ID], {
    nullable: true,
    defaultValue: [],
    description: 'Item ids this request must not return (already on the page); up to 1,000.',
  })
  readonly exclude?: readonly string[] | null
}

@ArgsType()
export class PageListArgs extends ListArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Any name. Lists of one request with the same `page` share no item: the first list in the document keeps it.',
  })
  readonly page?: string | null
}

@ArgsType()
export class RecommendationsArgs extends PageListArgs {
  @Field(() => ID, { description: 'The user, 1..256 bytes. An unknown user gets trending items.' })
  readonly userId!: string

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'false: nothing the user bought, rated or dismissed; views do not count as seen.',
  })
  readonly includeSeen?: boolean | null

  @Field(() => Float, {
    nullable: true,
    defaultValue: 0,
    description: '0 = by score alone, 1 = as varied as possible (categories).',
  })
  readonly diversity?: number | null

  @Field(() => String, {
    nullable: true,
    description: 'Causal token of a mutation: wait until the list includes its events.',
  })
  readonly after?: string | null

  @Field(() => Int, {
    nullable: true,
    defaultValue: 2000,
    description:
      'Maximum wait for `after` in milliseconds, 0..30000; then the error PICKS_NOT_FRESH, with the current list in `extensions.recommendations`.',
  })
  readonly timeoutMs?: number | null
}

@ArgsType()
export class SessionArgs extends PageListArgs {
  @Field(() => [SessionEventInput], { description: 'Oldest first; 1..200.' })
  readonly events!: readonly SessionEventInput[]
}

@ArgsType()
export class SimilarArgs extends PageListArgs {
  @Field(() => ID, { description: 'The item to start from, 1..256 bytes.' })
  readonly itemId!: string
}

@ArgsType()
export class TogetherArgs extends PageListArgs {
  @Field(() => [ID], { description: 'Ids of the given items, 1..100 of them.' })
  readonly itemIds!: readonly string[]
}

@ArgsType()
export class TrendingArgs extends PageListArgs {
  @Field(() => TrendWindowEnum, { nullable: true, defaultValue: 'DAY', description: 'How far back the trend looks.' })
  readonly window?: TrendWindow | null
}

@ArgsType()
export class CatalogArgs extends FilteredArgs {
  @Field(() => String, { nullable: true, description: 'Search words; the last one may be a prefix. At most 16.' })
  readonly search?: string | null

  @Field(() => String, { nullable: true, description: 'The `endCursor` of the previous page.' })
  readonly after?: string | null

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'true: also items that are not available.',
  })
  readonly includeUnavailable?: boolean | null
}

@ArgsType()
export class RecommendationsUpdatedArgs extends ListArgs {
  @Field(() => ID, { description: 'The user, 1..256 bytes. An unknown user gets trending items.' })
  readonly userId!: string

  @Field(() => Float, {
    nullable: true,
    defaultValue: 0,
    description: '0 = by score alone, 1 = as varied as possible (categories).',
  })
  readonly diversity?: number | null

  @Field(() => String, {
    nullable: true,
    description:
      'The newest revision that the client has: the current list is sent first only where it is newer, or where the data was restored since.',
  })
  readonly sinceRevision?: string | null
}

@ArgsType()
export class TrendingUpdatedArgs extends PlacedArgs {
  @Field(() => TrendWindowEnum, { nullable: true, defaultValue: 'HOUR', description: 'How far back the trend looks.' })
  readonly window?: TrendWindow | null
}
