import {
  type BatchHandler,
  type ConsumeOptions,
  type EventLog,
  type FollowHandler,
  type Following,
  type FollowOptions,
  followOffsets,
  type LogRecord,
  type Position,
} from '../../platform/ports/event-log.ts'
import { messageOf } from '../../schema/app-error.ts'
import type { TopicSpec } from '../../schema/topics.ts'
import type { ForeignPartitioner } from './history.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import { SimGroup, SimMember } from './sim-group.ts'
import { TopicLog } from './topic-log.ts'

/** An EventLog in memory that promises what platform/ports/event-log.ts does, and no more. */
export class SimLog {
  readonly topics = new Map<string, TopicLog>()
  readonly groups = new Map<string, SimGroup>()
  /** The most records that one handler was given. */
  largestBatch = 0
  private followers = new Set<Follower>()

  constructor(
    private readonly scheduler: Scheduler,
    specs: readonly TopicSpec[],
  ) {
    for (const spec of specs) this.topics.set(spec.name, new TopicLog(spec))
  }

  topic(name: string): TopicLog {
    const topic = this.topics.get(name)
    if (!topic) throw new Error(`no topic ${name}`)
    return topic
  }

  forOwner(owner: Owner): EventLog {
    const { scheduler } = this
    return {
      createTopics: async () => {},
      close: async () => {},
      append: (topic, records) => this.append(owner, topic, records),
      consume: (options, handle) => this.consume(owner, options, handle),
      follow: (options, handle) => this.follow(owner, options, handle),
      read: (topic, partition, from, limit) =>
        scheduler.call(owner, `read ${topic}/${partition}`, () => this.topic(topic).from(partition, from, limit)),
      startOffsets: (topic) =>
        scheduler.call(owner, `starts of ${topic}`, () =>
          this.topic(topic).partitions.map(({ records, end }) => records[0]?.offset ?? end),
        ),
      endOffsets: (topic) =>
        scheduler.call(owner, `ends of ${topic}`, () => this.topic(topic).partitions.map(({ end }) => end)),
      committedOffsets: (group, topic) =>
        scheduler.call(owner, `committed by ${group}`, () => [...this.group(group, topic).committed]),
      partitionCount: async (topic) => this.topic(topic).partitions.length,
    }
  }

  /** A process has died: its members are noticed missing in their groups some time later. */
  crash(owner: Owner): void {
    this.followers = new Set([...this.followers].filter((follower) => follower.owner !== owner))
    for (const [name, group] of this.groups) {
      for (const member of group.members) {
        if (member.owner !== owner) continue
        this.scheduler.add({ owner: null, label: `${name} misses ${owner.name}`, run: () => group.leave(member) })
      }
    }
  }

  private append(owner: Owner, name: string, records: readonly LogRecord[]): Promise<Position[]> {
    const topic = this.topic(name)
    return this.write(owner, topic, records, ({ key }) => topic.partitionOf(key))
  }

  /** Within one step of the scheduler. */
  appendNow(name: string, records: readonly LogRecord[]): void {
    const topic = this.topic(name)
    for (const record of records) topic.append(topic.partitionOf(record.key), record, this.scheduler.clock.now())
    this.kick(name)
  }

  /** As a service with a client of its own writes: it repeats the whole append where a part of it failed. */
  async appendForeign(
    owner: Owner,
    name: string,
    records: readonly LogRecord[],
    partitioner: ForeignPartitioner,
  ): Promise<void> {
    const topic = this.topic(name)
    const count = topic.partitions.length
    const written = partitioner === 'unkeyed' ? records.map((record) => ({ ...record, key: '' })) : records
    await this.write(owner, topic, written, ({ key }) =>
      partitioner === 'other-hash' ? (topic.partitionOf(key) + 1) % count : this.scheduler.dice.int(count),
    )
  }

  private async write(
    owner: Owner,
    topic: TopicLog,
    records: readonly LogRecord[],
    partitionOf: (record: LogRecord) => number,
  ): Promise<Position[]> {
    const { scheduler } = this
    const { name } = topic.spec
    const byPartition = new Map<number, number[]>()
    records.forEach((record, n) => {
      const partition = partitionOf(record)
      byPartition.set(partition, [...(byPartition.get(partition) ?? []), n])
    })
    const positions = new Array<Position>(records.length)
    const writes = [...byPartition].map(([partition, places]) => {
      const apply = (some: readonly number[]) => {
        for (const n of some)
          positions[n] = { partition, offset: topic.append(partition, records[n]!, scheduler.clock.now()) }
        this.kick(name)
      }
      return scheduler.write(
        owner,
        `append ${places.length} to ${name}/${partition}`,
        () => apply(places),
        () => apply(places.slice(0, places.length >> 1)),
      )
    })
    for (const one of await Promise.allSettled(writes)) if (one.status === 'rejected') throw one.reason
    return positions
  }

  private async consume(owner: Owner, options: ConsumeOptions, handle: BatchHandler): Promise<SimMember> {
    const [topic] = options.topics
    const group = this.group(options.group, topic!)
    const label = `${owner.name}.${options.group}`
    const counted: BatchHandler = (batch) => {
      this.largestBatch = Math.max(this.largestBatch, batch.records.length)
      return handle(batch)
    }
    const member = new SimMember(this.scheduler, group, owner, label, options.batchRecordsMax ?? 500, counted)
    await this.scheduler.call(owner, `${label} joins`, () => group.join(member))
    return member
  }

  private async follow(owner: Owner, options: FollowOptions, handle: FollowHandler): Promise<Following> {
    const follower = new Follower(this.scheduler, owner, this.topic(options.topic), options, handle)
    this.followers.add(follower)
    follower.kick()
    return {
      caughtUp: follower.caughtUp,
      stop: async () => {
        this.followers.delete(follower)
        follower.stop()
      },
    }
  }

  /** Records of a partition that a group has not committed. */
  waitingBefore(name: string, topic: string, partition: number): number {
    return this.topic(topic).partitions[partition]!.end - this.group(name, topic).committed[partition]!
  }

  private group(name: string, topic: string): SimGroup {
    let group = this.groups.get(name)
    if (!group) this.groups.set(name, (group = new SimGroup(this.scheduler, this.topic(topic))))
    return group
  }

  /** There may be something to read. */
  kick(name: string): void {
    for (const group of this.groups.values()) if (group.topic.spec.name === name) group.kick()
    for (const follower of this.followers) if (follower.topic.spec.name === name) follower.kick()
  }
}

/** Reads all partitions of a topic, or those given; which of them comes next is chance. */
class Follower {
  readonly caughtUp: Promise<void>
  private readonly followed: readonly number[]
  private readonly positions: number[]
  private readonly goals: readonly number[]
  private resolveCaughtUp: () => void = () => {}
  private busy = false
  private stopped = false

  constructor(
    private readonly scheduler: Scheduler,
    readonly owner: Owner,
    readonly topic: TopicLog,
    { from, partitions }: FollowOptions,
    private readonly handle: FollowHandler,
  ) {
    this.followed = partitions ?? [...topic.partitions.keys()]
    this.goals = topic.partitions.map(({ end }) => end)
    this.positions = followOffsets(from, this.goals)
    this.caughtUp = new Promise((resolve) => {
      this.resolveCaughtUp = resolve
    })
    this.settle()
  }

  stop(): void {
    this.stopped = true
  }

  kick(): void {
    if (this.busy || this.stopped || !this.owner.alive) return
    const waiting = this.waiting()
    if (waiting.length === 0) return
    this.busy = true
    const label = `${this.owner.name} follows ${this.topic.spec.name}`
    this.scheduler.add({ owner: this.owner, label, run: () => void this.deliver() })
  }

  private async deliver(): Promise<void> {
    const { dice } = this.scheduler
    const partition = dice.pick(this.waiting())
    const records = this.topic.from(partition, this.positions[partition]!, dice.between(1, 20))
    try {
      await this.handle(records)
    } catch (error) {
      this.scheduler.problems.push(`${this.owner.name} cannot follow ${this.topic.spec.name}: ${messageOf(error)}`)
    }
    this.positions[partition] = records[records.length - 1]!.offset + 1
    this.busy = false
    this.settle()
    this.kick()
  }

  private waiting(): number[] {
    return this.followed.filter((partition) => this.topic.from(partition, this.positions[partition]!, 1).length > 0)
  }

  private settle(): void {
    const behind = this.followed.some((partition) => {
      const [next] = this.topic.from(partition, this.positions[partition]!, 1)
      return next !== undefined && next.offset < this.goals[partition]!
    })
    if (!behind) this.resolveCaughtUp()
  }
}
