import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { DateTime } from './date-time.ts'

@ObjectType({ description: 'What live traffic says of the lists, for one hour of the log.', simpleResolvers: true })
export class QualityHour {
  @Field(() => DateTime)
  readonly hour!: number

  @Field(() => Int, { description: 'Events whose item was wanted and new to the user.' })
  readonly scored!: number

  @Field(() => Float, { description: 'Share of them whose item was among the first 20 of the list just before.' })
  readonly hitRate!: number

  @Field(() => Float, { description: 'Mean of 1 / rank, 0 for a miss.' })
  readonly meanReciprocalRank!: number
}

@ObjectType({ description: 'Test-then-learn on the newest past, when the model was trained.', simpleResolvers: true })
export class Validation {
  @Field(() => Float)
  readonly hr!: number

  @Field(() => Float)
  readonly mrr!: number

  @Field(() => Float)
  readonly ndcg!: number

  @Field(() => Int)
  readonly n!: number
}

@ObjectType({ description: 'A trained model that can be served.', simpleResolvers: true })
export class ModelVersion {
  @Field(() => Int)
  readonly version!: number

  @Field(() => Boolean)
  readonly serving!: boolean

  @Field(() => DateTime)
  readonly trainedAt!: number

  @Field(() => Int)
  readonly events!: number

  @Field(() => Int)
  readonly users!: number

  @Field(() => Int)
  readonly items!: number

  @Field(() => Validation, { nullable: true })
  readonly validation!: Validation | null
}

@ObjectType({ description: 'The business rules that apply, and their experiment.', simpleResolvers: true })
export class RulesStatus {
  @Field(() => Int, { description: 'Rises with every change; 0 before the first.' })
  readonly version!: number

  @Field(() => String, { description: 'YAML.' })
  readonly source!: string
}

@ObjectType({ description: 'A share with its 95 % interval (Wilson).', simpleResolvers: true })
export class Share {
  @Field(() => Float)
  readonly share!: number

  @Field(() => Float)
  readonly low!: number

  @Field(() => Float)
  readonly high!: number
}

@ObjectType({ simpleResolvers: true })
export class VariantStatus {
  @Field(() => String)
  readonly name!: string

  @Field(() => Int)
  readonly impressions!: number

  @Field(() => Int, { description: 'CLICK and VIEW events that name a list of this variant.' })
  readonly clicks!: number

  @Field(() => Int)
  readonly purchases!: number

  @Field(() => Share, { description: 'Clicks by impressions.' })
  readonly clickThrough!: Share

  @Field(() => Share, { description: 'Purchases by impressions.' })
  readonly conversion!: Share
}

@ObjectType({ simpleResolvers: true })
export class Experiment {
  @Field(() => String)
  readonly name!: string

  @Field(() => [VariantStatus])
  readonly variants!: readonly VariantStatus[]
}

@ObjectType({ description: 'A record that no stage could take.', simpleResolvers: true })
export class DeadLetter {
  @Field(() => ID, { description: 'Its place in the dead-letter topic.' })
  readonly id!: string

  @Field(() => DateTime)
  readonly at!: number

  @Field(() => String)
  readonly stage!: string

  @Field(() => String, { description: 'Where it came from: topic/partition/offset.' })
  readonly source!: string

  @Field(() => String)
  readonly reason!: string

  @Field(() => String, { description: 'Its value as text, at most 10,000 characters.' })
  readonly value!: string
}

@ObjectType({ simpleResolvers: true })
export class Span {
  @Field(() => String, { description: '`record`, a stage, or `push`.' })
  readonly name!: string

  @Field(() => Float, { description: 'Milliseconds after the trace began.' })
  readonly startMs!: number

  @Field(() => Float)
  readonly endMs!: number
}

@ObjectType({ description: 'One event, followed through every stage to the pages.', simpleResolvers: true })
export class EventTrace {
  @Field(() => ID)
  readonly id!: string

  @Field(() => String, { nullable: true })
  readonly eventId!: string | null

  @Field(() => DateTime)
  readonly startedAt!: number

  @Field(() => [Span])
  readonly spans!: readonly Span[]
}

@ObjectType({ description: "The demo shop's simulated shoppers.", simpleResolvers: true })
export class DemoStatus {
  @Field(() => Boolean)
  readonly paused!: boolean

  @Field(() => Float)
  readonly eventsPerSecond!: number
}

@ObjectType({ simpleResolvers: true })
export class CommandResult {
  @Field(() => Boolean)
  readonly done!: boolean

  @Field(() => String, { nullable: true, description: 'Why it was not done, or not for all.' })
  readonly reason!: string | null

  @Field(() => Int, { nullable: true, description: 'How many users it reached, where it is about users.' })
  readonly users?: number | null
}
