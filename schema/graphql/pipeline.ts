import 'reflect-metadata'
import { Field, Float, Int, ObjectType } from 'type-graphql'
import { DateTime } from './date-time.ts'

@ObjectType({
  description: 'One stage over all its instances that reported within the last 5 seconds.',
  simpleResolvers: true,
})
export class StageStatus {
  @Field(() => String)
  readonly name!: string

  @Field(() => Int, { description: 'Records waiting.' })
  readonly lag!: number

  @Field(() => Float)
  readonly processedPerSecond!: number

  @Field(() => Float, { description: "From an event's acceptance to the end of this stage." })
  readonly p50Ms!: number

  @Field(() => Float)
  readonly p99Ms!: number

  @Field(() => Int)
  readonly deadLetters!: number
}

@ObjectType({ description: 'The model that serves; version 0 before the first.', simpleResolvers: true })
export class ModelStatus {
  @Field(() => Int)
  readonly version!: number

  @Field(() => DateTime, { nullable: true })
  readonly trainedAt!: number | null

  @Field(() => Int)
  readonly events!: number

  @Field(() => Int)
  readonly users!: number

  @Field(() => Int)
  readonly items!: number
}

@ObjectType({ simpleResolvers: true })
export class PipelineStatus {
  @Field(() => [StageStatus])
  readonly stages!: readonly StageStatus[]

  @Field(() => ModelStatus)
  readonly model!: ModelStatus

  @Field(() => Int, { description: 'Open subscriptions on this server.' })
  readonly subscribers!: number

  @Field(() => Int)
  readonly users!: number

  @Field(() => Int)
  readonly items!: number

  @Field(() => Int, { description: 'Of the business rules that apply; 0 before the first.' })
  readonly rulesVersion!: number
}

@ObjectType({ simpleResolvers: true })
export class RetrainResult {
  @Field(() => Boolean)
  readonly published!: boolean

  @Field(() => String, { nullable: true, description: 'Why it was not published.' })
  readonly reason!: string | null

  @Field(() => ModelStatus)
  readonly model!: ModelStatus
}
