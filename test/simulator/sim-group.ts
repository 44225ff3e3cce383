import type { Batch, BatchHandler, Consumption } from '../../platform/ports/event-log.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import type { TopicLog } from './topic-log.ts'

/** One partition in one member's hands, from one sharing-out to the next that takes it away. */
interface Tenure {
  readonly partition: number
  position: number
  busy: boolean
}

interface Seat {
  readonly member: SimMember
  /** The sharing-out that gave it. */
  readonly since: number
}

/** Of one partition between two members, until it is back. */
const movesMax = 6

/** A consumer group as its coordinator sees it. What members believe follows later, or too late. */
export class SimGroup {
  readonly committed: number[]
  generation = 0
  readonly members = new Set<SimMember>()
  /** Until this step none of its members is given a batch. */
  stalledUntil = 0
  private readonly seats: (Seat | undefined)[]

  constructor(
    private readonly scheduler: Scheduler,
    readonly topic: TopicLog,
  ) {
    this.committed = topic.partitions.map(() => 0)
    this.seats = topic.partitions.map(() => undefined)
  }

  get caughtUp(): boolean {
    return this.topic.partitions.every(({ records }, partition) => {
      const last = records.at(-1)
      return last === undefined || last.offset < this.committed[partition]!
    })
  }

  join(member: SimMember): void {
    this.members.add(member)
    this.share()
  }

  leave(member: SimMember): void {
    if (this.members.delete(member)) this.share()
  }

  /** Shares the partitions out anew; every member hears of it in its own time. */
  share(): void {
    this.generation++
    const members = [...this.members]
    this.seats.forEach((seat, partition) => {
      const stays = seat !== undefined && this.members.has(seat.member) && this.scheduler.dice.chance(0.4)
      const member = stays ? seat.member : members.length === 0 ? undefined : this.scheduler.dice.pick(members)
      if (member !== seat?.member) this.seats[partition] = member && { member, since: this.generation }
    })
    for (const member of this.members) member.hear()
  }

  /** A partition goes to another member and comes back to the one that had it, again and again. @returns whether there is another */
  moveAndReturn(): boolean {
    const { dice } = this.scheduler
    const partition = dice.int(this.seats.length)
    const first = this.seats[partition]?.member
    const others = [...this.members].filter((member) => member !== first)
    if (first === undefined || others.length === 0) return false
    const pair = [first, dice.pick(others)] as const
    const next = (moves: number) => {
      const to = pair[moves % 2]!
      if (!this.members.has(to)) return
      this.move(partition, to)
      if (moves === movesMax) return
      const operation = { owner: null, label: `partition ${partition} moves`, run: () => next(moves + 1) }
      this.scheduler.hold(operation, dice.between(10, 60))
    }
    next(1)
    return true
  }

  private move(partition: number, member: SimMember): void {
    this.generation++
    this.seats[partition] = { member, since: this.generation }
    for (const each of this.members) each.hear()
  }

  seatsOf(member: SimMember): Map<number, number> {
    const seats = new Map<number, number>()
    this.seats.forEach((seat, partition) => {
      if (seat?.member === member) seats.set(partition, seat.since)
    })
    return seats
  }

  /** @returns false when the partition is no longer the member's. */
  commit(member: SimMember, partition: number, since: number, offset: number): boolean {
    const seat = this.seats[partition]
    if (seat?.member !== member || seat.since !== since) return false
    this.committed[partition] = offset
    return true
  }

  kick(): void {
    for (const member of this.members) member.kick()
  }
}

/** A member of a group in one process. It learns late that partitions have moved, and goes on with what it has in hand. */
export class SimMember implements Consumption {
  readonly ended = new Promise<void>(() => {})
  private readonly tenures = new Map<number, { readonly since: number; readonly tenure: Tenure }>()
  private generation = 0
  private hearing = false
  private stopped = false

  constructor(
    private readonly scheduler: Scheduler,
    private readonly group: SimGroup,
    readonly owner: Owner,
    private readonly label: string,
    private readonly batchRecordsMax: number,
    private readonly handle: BatchHandler,
  ) {}

  async stop(): Promise<void> {
    this.stopped = true
    while ([...this.tenures.values()].some(({ tenure }) => tenure.busy)) {
      await this.scheduler.call(this.owner, `${this.label} drains`, () => {})
    }
    await this.scheduler.call(this.owner, `${this.label} leaves`, () => this.group.leave(this))
  }

  /** Schedules the moment in which the member learns of the newest sharing-out. */
  hear(): void {
    if (this.hearing || !this.owner.alive) return
    this.hearing = true
    this.scheduler.add({ owner: this.owner, label: `${this.label} hears of a sharing-out`, run: () => this.sync() })
  }

  kick(): void {
    if (this.stopped || !this.owner.alive) return
    for (const { since, tenure } of this.tenures.values()) {
      if (tenure.busy || this.group.topic.from(tenure.partition, tenure.position, 1).length === 0) continue
      tenure.busy = true
      this.scheduler.addAfter(this.group.stalledUntil, {
        owner: this.owner,
        label: `${this.label}/${tenure.partition} is given a batch`,
        run: () => void this.deliver(tenure, since),
      })
    }
  }

  private sync(): void {
    this.hearing = false
    if (this.stopped) return
    if (!this.group.members.has(this)) {
      this.tenures.clear()
      this.scheduler.add({ owner: this.owner, label: `${this.label} joins again`, run: () => this.group.join(this) })
      return
    }
    this.generation = this.group.generation
    const seats = this.group.seatsOf(this)
    for (const [partition, { since }] of this.tenures) {
      if (seats.get(partition) !== since) this.tenures.delete(partition)
    }
    for (const [partition, since] of seats) {
      if (this.tenures.has(partition)) continue
      this.tenures.set(partition, {
        since,
        tenure: { partition, position: this.group.committed[partition]!, busy: false },
      })
    }
    this.kick()
  }

  private async deliver(tenure: Tenure, since: number): Promise<void> {
    const { partition } = tenure
    const { dice } = this.scheduler
    if (this.stopped || !this.holds(tenure)) {
      tenure.busy = false
      return
    }
    const { topic } = this.group
    const records = topic.from(partition, tenure.position, dice.between(1, Math.min(this.batchRecordsMax, 12)))
    const newest = records.at(-1)
    if (newest === undefined) {
      tenure.busy = false // committed in the meantime
      return
    }
    let next = newest.offset + 1
    const batch: Batch = {
      topic: topic.spec.name,
      partition,
      records,
      readAhead: (limit) => {
        if (this.stopped || !this.holds(tenure)) return []
        const more = topic.from(partition, next, dice.between(0, Math.min(limit, 5)))
        next = (more.at(-1)?.offset ?? next - 1) + 1
        return more
      },
      commitBefore: (offset) => {
        this.scheduler.add({
          owner: this.owner,
          label: `${this.label}/${partition} commits what is before ${offset}`,
          run: () => {
            if (offset > tenure.position) this.commit(tenure, since, offset)
          },
        })
      },
      generation: this.generation,
      isOwned: () => this.holds(tenure),
    }
    let done = true
    try {
      await this.handle(batch)
    } catch {
      done = false
    }
    this.scheduler.add({
      owner: this.owner,
      label: `${this.label}/${partition} ${done ? `commits ${next}` : 'tries again'}`,
      run: () => {
        tenure.busy = false
        if (done) this.commit(tenure, since, next)
        this.kick()
      },
    })
  }

  private commit(tenure: Tenure, since: number, next: number): void {
    if (this.scheduler.dice.chance(this.scheduler.weather.lostCommit)) return
    if (this.group.commit(this, tenure.partition, since, next)) tenure.position = next
    else this.sync()
  }

  private holds(tenure: Tenure): boolean {
    return this.tenures.get(tenure.partition)?.tenure === tenure
  }
}
