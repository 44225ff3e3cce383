import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql'
import { describeValues } from './enums.ts'

export type LiftVerdict = 'TOO_EARLY' | 'NO_DIFFERENCE' | 'BETTER' | 'WORSE'
const LiftVerdictEnum = { TOO_EARLY: 'TOO_EARLY', NO_DIFFERENCE: 'NO_DIFFERENCE', BETTER: 'BETTER', WORSE: 'WORSE' }
registerEnumType(LiftVerdictEnum, {
  name: 'LiftVerdict',
  description: 'What the interval of a lift says.',
  valuesConfig: describeValues<LiftVerdict>({
    TOO_EARLY: 'Less than 7 days, 100 users or 30 clicks (for revenue: purchases) in this variant or in the baseline.',
    NO_DIFFERENCE: 'The interval includes 0.',
    BETTER: 'All of the interval is above 0.',
    WORSE: 'All of the interval is below 0.',
  }),
})

export type LiftMetric = 'CLICK_THROUGH' | 'REVENUE_PER_USER' | 'LAST_TOUCH_REVENUE_PER_USER'
const LiftMetricEnum = {
  CLICK_THROUGH: 'CLICK_THROUGH',
  REVENUE_PER_USER: 'REVENUE_PER_USER',
  LAST_TOUCH_REVENUE_PER_USER: 'LAST_TOUCH_REVENUE_PER_USER',
}
registerEnumType(LiftMetricEnum, {
  name: 'LiftMetric',
  description: 'The figure that a lift compares.',
  valuesConfig: describeValues<LiftMetric>({
    CLICK_THROUGH: 'Clicks by impressions.',
    REVENUE_PER_USER: 'Revenue per user, attributed by recommendationId.',
    LAST_TOUCH_REVENUE_PER_USER: 'Revenue per user, attributed by last touch.',
  }),
})

@ObjectType({ description: 'A share with its 95 % interval (delta method over users).', simpleResolvers: true })
export class Share {
  @Field(() => Float, { description: 'The share, 0..1.' })
  readonly share!: number

  @Field(() => Float, { description: 'Lower end of the interval, 0..1.' })
  readonly low!: number

  @Field(() => Float, { description: 'Upper end of the interval, 0..1.' })
  readonly high!: number
}

@ObjectType({ description: 'An amount with its 95 % interval (normal, over users).', simpleResolvers: true })
export class Amount {
  @Field(() => Float, { description: 'The amount.' })
  readonly value!: number

  @Field(() => Float, { nullable: true, description: 'Lower end of the interval; null with fewer than two users.' })
  readonly low!: number | null

  @Field(() => Float, { nullable: true, description: 'Upper end of the interval; null with fewer than two users.' })
  readonly high!: number | null
}

@ObjectType({
  description: 'Relative difference of a variant from the baseline, with its 95 % interval (delta method).',
  simpleResolvers: true,
})
export class Lift {
  @Field(() => LiftMetricEnum, { description: 'The metric that is compared.' })
  readonly metric!: LiftMetric

  @Field(() => Float, {
    nullable: true,
    description: '0.1: 10 % above the baseline. null where the metric of the variant or of the baseline is 0.',
  })
  readonly value!: number | null

  @Field(() => Float, { nullable: true, description: 'Lower end of the interval; null where it is not known.' })
  readonly low!: number | null

  @Field(() => Float, { nullable: true, description: 'Upper end of the interval; null where it is not known.' })
  readonly high!: number | null

  @Field(() => LiftVerdictEnum, { description: 'What the interval says.' })
  readonly verdict!: LiftVerdict
}

@ObjectType({
  description: 'Purchases attributed by last touch: counted for the last list in which the user reacted to the item.',
  simpleResolvers: true,
})
export class LastTouch {
  @Field(() => Int, { description: 'PURCHASE events.' })
  readonly purchases!: number

  @Field(() => Float, { description: 'Revenue in the currency of the shop, less refunds.' })
  readonly revenue!: number

  @Field(() => Amount, { description: 'Revenue per user.' })
  readonly revenuePerUser!: Amount
}

/** What variants and placements have in common; no type of the schema itself. */
@ObjectType({ simpleResolvers: true })
export abstract class ListFigures {
  @Field(() => Int, { description: 'Users who were shown or reacted to one of the lists.' })
  readonly users!: number

  @Field(() => Int, { description: 'IMPRESSION events that name one of the lists: one per list and item.' })
  readonly impressions!: number

  @Field(() => Int, { description: 'CLICK and VIEW events that name one of the lists: one per list and item.' })
  readonly clicks!: number

  @Field(() => Int, {
    description:
      'PURCHASE events that name one of the lists, within the attribution window: that of the experiment for a variant, 7 days for a placement.',
  })
  readonly purchases!: number

  @Field(() => Float, { description: 'Revenue of these purchases in the currency of the shop, less refunds.' })
  readonly revenue!: number

  @Field(() => Int, { description: 'Lists of which an item was shown or clicked.' })
  readonly lists!: number

  @Field(() => Share, { description: 'Lists with a click, by lists.' })
  readonly hitRate!: Share

  @Field(() => Share, { description: 'Clicks by impressions.' })
  readonly clickThrough!: Share

  @Field(() => Share, { description: 'Purchases by impressions.' })
  readonly conversion!: Share

  @Field(() => Amount, { description: 'Revenue per user.' })
  readonly revenuePerUser!: Amount

  @Field(() => LastTouch, { description: 'Purchases and revenue attributed by last touch.' })
  readonly lastTouch!: LastTouch
}

@ObjectType({ description: 'Clicks, purchases and revenue of the lists of one variant.', simpleResolvers: true })
export class VariantStatus extends ListFigures {
  @Field(() => String, { description: 'Name in the business rules.' })
  readonly name!: string

  @Field(() => Share, {
    description:
      'Click-through as if every position were looked at like the first: each click weighs 1 / `examination` of its position, at most 10.',
  })
  readonly correctedClickThrough!: Share

  @Field(() => [Lift], { description: 'Differences from the baseline; empty for the baseline itself.' })
  readonly lifts!: readonly Lift[]
}

@ObjectType({ description: 'Results of an experiment in one placement.', simpleResolvers: true })
export class ExperimentPlacement {
  @Field(() => String, { nullable: true, description: 'The placement; null: lists without one.' })
  readonly placement!: string | null

  @Field(() => [VariantStatus], { description: 'Results of each variant there.' })
  readonly variants!: readonly VariantStatus[]
}

@ObjectType({
  description: 'An experiment of the business rules, with the results of its variants.',
  simpleResolvers: true,
})
export class Experiment {
  @Field(() => String, { description: 'Name in the business rules.' })
  readonly name!: string

  @Field(() => String, {
    description: 'The variant that lifts compare with: `control` where there is one, else the first of the rules.',
  })
  readonly baseline!: string

  @Field(() => [VariantStatus], { description: 'Results of each variant over all placements.' })
  readonly variants!: readonly VariantStatus[]

  @Field(() => [ExperimentPlacement], { description: 'The same by placement.' })
  readonly placements!: readonly ExperimentPlacement[]
}

@ObjectType({ description: 'One position of the lists of a placement.', simpleResolvers: true })
export class PositionStatus {
  @Field(() => Int, { description: '1..20; 20 stands for all positions from 20 on.' })
  readonly position!: number

  @Field(() => Int, { description: 'IMPRESSION events that name this position.' })
  readonly impressions!: number

  @Field(() => Int, { description: 'Clicks that name this position.' })
  readonly clicks!: number

  @Field(() => Float, { nullable: true, description: 'Clicks by impressions, at most 1; null without impressions.' })
  readonly clickThrough!: number | null

  @Field(() => Float, {
    description:
      'How often the position is looked at, relative to the first: 0..1, rarely above (position-based model).',
  })
  readonly examination!: number
}

@ObjectType({ description: 'Clicks, purchases and revenue of the lists of one placement.', simpleResolvers: true })
export class PlacementStatus extends ListFigures {
  @Field(() => String, { nullable: true, description: 'The placement; null: lists without one.' })
  readonly placement!: string | null

  @Field(() => Float, {
    nullable: true,
    description:
      'Quality: mean of 1 / position over the clicks; 1 where only the first item is clicked. null without any.',
  })
  readonly meanReciprocalPosition!: number | null

  @Field(() => [PositionStatus], { description: 'By position, from the first.' })
  readonly positions!: readonly PositionStatus[]
}
