import { eventTypes, type Interaction, type ItemMeta } from '../types.ts'

/** Training data: events in columns, in log order. `users` and `items` are indexes into `userIds` and `itemIds`. */
export interface TrainingLog {
  size: number
  userIds: string[]
  itemIds: string[]
  users: Int32Array
  items: Int32Array
  /** Index in eventTypes. */
  types: Uint8Array
  /** NaN where the event has no value. */
  values: Float32Array
  quantities: Float32Array
  /** `portion` and `seconds` of the events (EventDetails); NaN if the event has none. Absent if no event has one. */
  portions?: Float32Array
  seconds?: Float32Array
  /** Milliseconds since 1970. */
  times: Float64Array
  /** Item metadata. May be empty. */
  catalog: ItemMeta[]
}

/** Collects events one by one into a TrainingLog, growing by doubling. */
export class TrainingLogBuilder {
  private readonly userNumbers = new Map<string, number>()
  private readonly itemNumbers = new Map<string, number>()
  private size = 0
  private users = new Int32Array(1024)
  private items = new Int32Array(1024)
  private types = new Uint8Array(1024)
  private values = new Float32Array(1024)
  private quantities = new Float32Array(1024)
  private times = new Float64Array(1024)
  private portions: Float32Array | undefined
  private seconds: Float32Array | undefined

  add(event: Omit<Interaction, 'eventId'>): void {
    if (this.size === this.users.length) this.grow()
    const at = this.size++
    this.users[at] = numberOf(this.userNumbers, event.userId)
    this.items[at] = numberOf(this.itemNumbers, event.itemId)
    this.types[at] = eventTypes.indexOf(event.type)
    this.values[at] = event.value ?? Number.NaN
    this.quantities[at] = event.quantity
    this.times[at] = event.timestamp
    if (event.portion !== undefined) (this.portions ??= this.emptyColumn())[at] = event.portion
    if (event.seconds !== undefined) (this.seconds ??= this.emptyColumn())[at] = event.seconds
  }

  build(catalog: ItemMeta[]): TrainingLog {
    const { size } = this
    return {
      size,
      userIds: [...this.userNumbers.keys()],
      itemIds: [...this.itemNumbers.keys()],
      users: this.users.slice(0, size),
      items: this.items.slice(0, size),
      types: this.types.slice(0, size),
      values: this.values.slice(0, size),
      quantities: this.quantities.slice(0, size),
      times: this.times.slice(0, size),
      ...(this.portions && { portions: this.portions.slice(0, size) }),
      ...(this.seconds && { seconds: this.seconds.slice(0, size) }),
      catalog,
    }
  }

  private emptyColumn(): Float32Array {
    return new Float32Array(this.users.length).fill(Number.NaN)
  }

  private grow(): void {
    const room = this.size * 2
    this.users = enlargedTo(this.users, new Int32Array(room))
    this.items = enlargedTo(this.items, new Int32Array(room))
    this.types = enlargedTo(this.types, new Uint8Array(room))
    this.values = enlargedTo(this.values, new Float32Array(room))
    this.quantities = enlargedTo(this.quantities, new Float32Array(room))
    this.times = enlargedTo(this.times, new Float64Array(room))
    if (this.portions) this.portions = enlargedTo(this.portions, new Float32Array(room).fill(Number.NaN))
    if (this.seconds) this.seconds = enlargedTo(this.seconds, new Float32Array(room).fill(Number.NaN))
  }
}

/** Returns the event at index `place`. Its event id is derived from the index. */
export function eventAt(log: TrainingLog, place: number): Interaction {
  const value = log.values[place]!
  return {
    eventId: `e${place}`,
    userId: log.userIds[log.users[place]!]!,
    itemId: log.itemIds[log.items[place]!]!,
    type: eventTypes[log.types[place]!]!,
    value: Number.isNaN(value) ? null : value,
    quantity: log.quantities[place]!,
    timestamp: log.times[place]!,
    ...engagementAt(log, place),
  }
}

/** Returns `portion` and `seconds` of the event at index `place`, without those that it does not have. */
export function engagementAt(
  { portions, seconds }: TrainingLog,
  place: number,
): { portion?: number; seconds?: number } {
  if (portions === undefined && seconds === undefined) return {}
  const portion = portions?.[place] ?? Number.NaN
  const time = seconds?.[place] ?? Number.NaN
  return { ...(!Number.isNaN(portion) && { portion }), ...(!Number.isNaN(time) && { seconds: time }) }
}

/** Returns the first `size` events. Ids are shared, so that indexes stay valid. */
export function prefixOf(log: TrainingLog, size: number): TrainingLog {
  return { ...log, size }
}

function numberOf(numbers: Map<string, number>, id: string): number {
  let number = numbers.get(id)
  if (number === undefined) {
    number = numbers.size
    numbers.set(id, number)
  }
  return number
}

function enlargedTo<T extends Int32Array | Uint8Array | Float32Array | Float64Array>(from: T, to: T): T {
  to.set(from as never)
  return to
}
