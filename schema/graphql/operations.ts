import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { DateTime } from './date-time.ts'

@ObjectType({ description: 'Quality of the lists on live traffic, for one hour of the log.', simpleResolvers: true })
export class QualityHour {
  @Field(() => DateTime, { description: 'Start of the hour.' })
  readonly hour!: number

  @Field(() => Int, { description: 'Events whose item was wanted and new to the user.' })
  readonly scored!: number

  @Field(() => Float, {
    description: "Share of `scored` whose item was among the first 20 of the user's list just before the event.",
  })
  readonly hitRate!: number

  @Field(() => Float, { description: 'Mean of 1 / rank, 0 for a miss.' })
  readonly meanReciprocalRank!: number
}

@ObjectType({
  description: 'Quality on the newest events by test-then-learn, measured when the model was trained.',
  simpleResolvers: true,
})
export class Validation {
  @Field(() => Float, { description: 'Hit rate at 20: share of queries whose item was among the first 20.' })
  readonly hr!: number

  @Field(() => Float, { description: 'Mean of 1 / rank, 0 for a miss.' })
  readonly mrr!: number

  @Field(() => Float, { description: 'Mean of 1 / log2(rank + 1), 0 for a miss.' })
  readonly ndcg!: number

  @Field(() => Int, { description: 'Number of queries.' })
  readonly n!: number
}

@ObjectType({ description: 'A trained model that can be served.', simpleResolvers: true })
export class ModelVersion {
  @Field(() => Int, { description: 'Rises with every published training.' })
  readonly version!: number

  @Field(() => Boolean, { description: 'Whether it is the one that serves.' })
  readonly serving!: boolean

  @Field(() => DateTime, { description: 'When it was trained.' })
  readonly trainedAt!: number

  @Field(() => Int, { description: 'Events it was trained on.' })
  readonly events!: number

  @Field(() => Int, { description: 'Users it was trained on.' })
  readonly users!: number

  @Field(() => Int, { description: 'Items it knows.' })
  readonly items!: number

  @Field(() => Validation, {
    nullable: true,
    description: 'Measured on the newest events; null where there were too few.',
  })
  readonly validation!: Validation | null
}

@ObjectType({ description: 'The business rules that apply, and their version.', simpleResolvers: true })
export class RulesStatus {
  @Field(() => Int, { description: 'Rises with every change; 0 before the first.' })
  readonly version!: number

  @Field(() => String, { description: 'The business rules as YAML.' })
  readonly source!: string
}

@ObjectType({ description: 'A record that a stage could not process.', simpleResolvers: true })
export class DeadLetter {
  @Field(() => ID, { description: 'Offset of the letter in the dead-letter topic.' })
  readonly id!: string

  @Field(() => DateTime, { description: 'When the record was appended to the dead-letter topic.' })
  readonly at!: number

  @Field(() => String, { description: 'The stage that could not process the record.' })
  readonly stage!: string

  @Field(() => String, { description: 'Position of the record in its source topic: topic/partition/offset.' })
  readonly source!: string

  @Field(() => String, { description: 'The rule that was broken and the value received.' })
  readonly reason!: string

  @Field(() => String, { description: 'Value of the record as text, at most 10,000 characters.' })
  readonly value!: string
}

@ObjectType({ description: 'One step of a trace.', simpleResolvers: true })
export class Span {
  @Field(() => String, { description: '`record`, a stage, or `push`.' })
  readonly name!: string

  @Field(() => Float, { description: 'Milliseconds after the trace began.' })
  readonly startMs!: number

  @Field(() => Float, { description: 'Milliseconds after the trace began.' })
  readonly endMs!: number
}

@ObjectType({ description: 'One event, followed through every stage to the push.', simpleResolvers: true })
export class EventTrace {
  @Field(() => ID, { description: 'Id of the trace, 32 hexadecimal digits (W3C Trace Context).' })
  readonly id!: string

  @Field(() => String, { nullable: true, description: 'Id of the event; null where the trace does not name one.' })
  readonly eventId!: string | null

  @Field(() => DateTime, { description: 'When the trace began.' })
  readonly startedAt!: number

  @Field(() => [Span], { description: 'The steps of the event, from its acceptance to the push.' })
  readonly spans!: readonly Span[]
}

@ObjectType({ description: "The demo shop's simulated shoppers.", simpleResolvers: true })
export class DemoStatus {
  @Field(() => Boolean, { description: 'true: the simulated shoppers send nothing.' })
  readonly paused!: boolean

  @Field(() => Float, { description: 'Pace of the simulated shoppers, events per second.' })
  readonly eventsPerSecond!: number
}

@ObjectType({ description: "Outcome of an operator's command.", simpleResolvers: true })
export class CommandResult {
  @Field(() => Boolean, { description: 'Whether the command was carried out completely.' })
  readonly done!: boolean

  @Field(() => String, { nullable: true, description: 'Why it was not done, or not for all.' })
  readonly reason!: string | null

  @Field(() => Int, { nullable: true, description: 'How many users it reached, for commands about users.' })
  readonly users?: number | null
}
