import { Arg, Ctx, Float, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import { checkRules, publishRules } from '../../platform/read-models/rules.ts'
import { Experiment, PlacementStatus } from '../../schema/graphql/figures.ts'
import {
  CommandResult,
  DeadLetter,
  DemoStatus,
  EventTrace,
  ModelVersion,
  QualityHour,
  RulesStatus,
} from '../../schema/graphql/operations.ts'
import type { RequestContext } from '../context.ts'
import { InputCheck } from '../guard/input-check.ts'
import { runCommand } from '../pipeline/command.ts'
import { readDeadLetters, replayDeadLetters } from './dead-letters.ts'
import { setDemo } from './demo.ts'
import { readExperiments, readPlacements } from './experiments.ts'

/** Maximum wait for this server to apply published rules. */
const appliedMsMax = 1_000

/** Queries and mutations for operators, except the status of the pipeline. */
@Resolver()
export class OperationsResolver {
  @Query(() => [QualityHour], { description: 'Operators: quality of the lists on live traffic, oldest hour first.' })
  quality(@Ctx() { services }: RequestContext): QualityHour[] {
    return services.pipeline.quality()
  }

  @Query(() => [ModelVersion], { description: 'Operators: models that are kept, newest first.' })
  models(@Ctx() { services }: RequestContext): ModelVersion[] {
    return services.pipeline.models()
  }

  @Query(() => RulesStatus, { description: 'Operators: the business rules that apply.' })
  rules(@Ctx() { services }: RequestContext): RulesStatus {
    const { version, source } = services.rules.current()
    return { version, source }
  }

  @Query(() => [Experiment], { description: 'Operators: clicks, purchases and revenue by variant of each experiment.' })
  experiments(@Ctx() { services }: RequestContext): Promise<Experiment[]> {
    return readExperiments(services.store, services.rules.current().document)
  }

  @Query(() => [PlacementStatus], {
    description: 'Operators: impressions, clicks, purchases and revenue of the lists of each placement.',
  })
  placements(@Ctx() { services }: RequestContext): Promise<PlacementStatus[]> {
    return readPlacements(services.store)
  }

  @Query(() => [DeadLetter], { description: 'Operators: records that a stage could not process, newest first.' })
  deadLetters(
    @Arg('first', () => Int, { defaultValue: 20, description: 'Maximum number of letters, 1..100.' }) first: number,
    @Arg('before', () => ID, { nullable: true, description: 'Only letters older than this id.' }) before:
      | string
      | null
      | undefined,
    @Ctx() { services }: RequestContext,
  ): Promise<DeadLetter[]> {
    const check = new InputCheck()
    check.require(first >= 1 && first <= 100, 'first', '1..100', first)
    check.require(before == null || isOffset(before), 'before', 'the id of a dead letter', before)
    check.throwIfAny()
    return readDeadLetters(services.log, first, before == null ? undefined : Number(before))
  }

  @Query(() => [EventTrace], { description: 'Operators: traces of events through the stages, newest first.' })
  eventTraces(
    @Arg('first', () => Int, { defaultValue: 20, description: 'Maximum number of traces, 1..100.' }) first: number,
    @Arg('eventId', () => ID, { nullable: true, description: 'Only the traces of this event.' }) eventId:
      | string
      | null
      | undefined,
    @Ctx() { services }: RequestContext,
  ): EventTrace[] {
    const check = new InputCheck()
    check.require(first >= 1 && first <= 100, 'first', '1..100', first)
    check.throwIfAny()
    return services.traces.newest(first, eventId ?? undefined)
  }

  @Query(() => DemoStatus, { nullable: true, description: 'Operators: state of the demo shop; null where none runs.' })
  demo(@Ctx() { services }: RequestContext): DemoStatus | null {
    return services.config.DEMO && services.config.PLATFORM === 'embedded' ? services.demo.status() : null
  }

  @Mutation(() => RulesStatus, {
    description:
      'Operators: replaces the business rules. They apply to every list that is read from now on, and open lists are pushed again. `dryRun` only checks them.',
  })
  async putRules(
    @Arg('source', () => String, { description: 'The business rules as YAML.' }) source: string,
    @Arg('dryRun', () => Boolean, { defaultValue: false, description: 'true: checks the rules and applies nothing.' })
    dryRun: boolean,
    @Ctx() { services }: RequestContext,
  ): Promise<RulesStatus> {
    if (dryRun) {
      await checkRules(source)
      return { version: services.rules.current().version, source }
    }
    const { version } = await publishRules(services.log, source)
    const timeout = new AbortController()
    const { rules, clock } = services
    // A server that is behind applies the published rules later.
    await Promise.race([rules.readUpTo(version), clock.sleep(appliedMsMax, timeout.signal)])
    timeout.abort()
    const current = rules.current()
    return { version: current.source === source ? current.version : version, source }
  }

  @Mutation(() => Int, {
    description: 'Operators: appends dead letters to their source topic again. Returns how many were appended.',
  })
  async replayDeadLetters(
    @Arg('ids', () => [ID], { description: 'Ids of dead letters, 1..100 of them.' }) ids: string[],
    @Ctx() { services }: RequestContext,
  ): Promise<number> {
    const check = new InputCheck()
    check.ids(ids, 'ids', 1, 100)
    for (const [n, id] of ids.entries()) check.require(isOffset(id), `ids[${n}]`, 'the id of a dead letter', id)
    check.throwIfAny()
    await replayDeadLetters(services.log, ids.map(Number))
    return ids.length
  }

  @Mutation(() => CommandResult, {
    description: 'Operators: serves an earlier model again. A training in progress is finished first.',
  })
  async rollBackModel(
    @Arg('version', () => Int, { description: 'A version that `models` lists.' }) version: number,
    @Ctx() { services }: RequestContext,
  ): Promise<CommandResult> {
    const kept = services.pipeline.models().map((model) => model.version)
    if (!kept.includes(version)) {
      const reason = `expected a version that is kept (${kept.join(', ') || 'there is none'}), got ${version}`
      return { done: false, reason }
    }
    const { published, reason } = await runCommand(services, (id) => ({ kind: 'roll-back', id, version }))
    return { done: published, reason }
  }

  @Mutation(() => CommandResult, {
    description:
      'Operators: recomputes the list of every known user from the stored states, for example after a bulk load.',
  })
  async refreshRecommendations(@Ctx() { services }: RequestContext): Promise<CommandResult> {
    const { published, reason, users } = await runCommand(services, (id) => ({ kind: 'refresh-all', id }))
    return { done: published, reason, users }
  }

  @Mutation(() => CommandResult, {
    description: "Operators: recomputes every user's state and list from the log, while visitors are served.",
  })
  async rebuildUsers(@Ctx() { services }: RequestContext): Promise<CommandResult> {
    const { published, reason, users } = await runCommand(services, (id) => ({ kind: 'rebuild', id }))
    return { done: published, reason, users }
  }

  @Mutation(() => DemoStatus, { description: 'Operators: pauses the simulated shoppers, or changes their pace.' })
  setDemo(
    @Arg('paused', () => Boolean, { description: 'true: pause, false: go on.' }) paused: boolean,
    @Arg('eventsPerSecond', () => Float, { defaultValue: 3, description: 'Pace in events per second.' })
    eventsPerSecond: number,
    @Ctx() { services }: RequestContext,
  ): Promise<DemoStatus> {
    return setDemo(services.log, { paused, eventsPerSecond })
  }
}

const isOffset = (id: string): boolean => /^\d{1,15}$/.test(id)
