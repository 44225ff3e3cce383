import 'reflect-metadata'
import { Field, Float, Int, ObjectType } from 'type-graphql'
import { DateTime } from './date-time.ts'

@ObjectType({
  description: 'One stage over all its instances that reported within the last 5 seconds.',
  simpleResolvers: true,
})
export class StageStatus {
  @Field(() => String, { description: 'Name of the stage.' })
  readonly name!: string

  @Field(() => Int, { description: 'Records that wait before the stage.' })
  readonly lag!: number

  @Field(() => Float, { description: 'Records processed per second.' })
  readonly processedPerSecond!: number

  @Field(() => Float, {
    description: "Median time from an event's acceptance to the end of this stage, in milliseconds.",
  })
  readonly p50Ms!: number

  @Field(() => Float, { description: '99th percentile of the same, in milliseconds.' })
  readonly p99Ms!: number

  @Field(() => Int, { description: 'Records sent to the dead-letter topic since the workers of the stage started.' })
  readonly deadLetters!: number
}

@ObjectType({ description: 'The model that serves. Version 0: none yet.', simpleResolvers: true })
export class ModelStatus {
  @Field(() => Int, { description: 'Rises with every published training.' })
  readonly version!: number

  @Field(() => DateTime, { nullable: true, description: 'When it was trained; null before the first.' })
  readonly trainedAt!: number | null

  @Field(() => Int, { description: 'Events it was trained on.' })
  readonly events!: number

  @Field(() => Int, { description: 'Users it was trained on.' })
  readonly users!: number

  @Field(() => Int, { description: 'Items it knows.' })
  readonly items!: number
}

@ObjectType({
  description: 'A stage, the trainer or the server, with its place in the event flow, whether or not it runs now.',
  simpleResolvers: true,
})
export class PipelineMember {
  @Field(() => String, { description: 'Name of the stage; `train` or `server`.' })
  readonly name!: string

  @Field(() => String, { description: 'What it is for, in one sentence.' })
  readonly purpose!: string

  @Field(() => String, { nullable: true, description: 'Topic it processes; null for the server.' })
  readonly from!: string | null

  @Field(() => [String], { description: 'Topics it writes.' })
  readonly emits!: readonly string[]

  @Field(() => [String], { description: 'Topics it keeps in memory.' })
  readonly follows!: readonly string[]
}

@ObjectType({ description: 'The state of the pipeline as this server sees it.', simpleResolvers: true })
export class PipelineStatus {
  @Field(() => [StageStatus], { description: 'Every stage, by name.' })
  readonly stages!: readonly StageStatus[]

  @Field(() => [PipelineMember], { description: 'Every member of the event flow, in its order.' })
  readonly members!: readonly PipelineMember[]

  @Field(() => ModelStatus, { description: 'The model that serves.' })
  readonly model!: ModelStatus

  @Field(() => Int, { description: 'Open subscriptions on this server.' })
  readonly subscribers!: number

  @Field(() => Int, { description: 'Users with a history.' })
  readonly users!: number

  @Field(() => Int, { description: 'Items in the catalog.' })
  readonly items!: number

  @Field(() => Int, { description: 'Version of the business rules; 0 before the first.' })
  readonly rulesVersion!: number
}

@ObjectType({ description: 'Outcome of a training.', simpleResolvers: true })
export class RetrainResult {
  @Field(() => Boolean, { description: 'Whether the new model serves.' })
  readonly published!: boolean

  @Field(() => String, { nullable: true, description: 'Why it was not published.' })
  readonly reason!: string | null

  @Field(() => ModelStatus, { description: 'The model that serves afterwards.' })
  readonly model!: ModelStatus
}
