import { itemKey } from '../../engine/items/deltas.ts'
import { reduceRow, type SideRow } from '../../engine/items/row.ts'
import { Recommender } from '../../engine/recommender.ts'
import type { TrainedModel } from '../../engine/train/model.ts'
import { trainModel } from '../../engine/train/train-model.ts'
import { toItemMeta } from '../../platform/read-models/replica.ts'
import type { EventRecord } from '../../schema/records/interaction.ts'
import { decodeSideDelta } from '../../schema/records/item-side.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { decodeUserVector } from '../../schema/records/user-vector.ts'
import { parseRules } from '../../schema/rules.ts'
import { topics } from '../../schema/topics.ts'
import { updateUser } from '../../workers/embed/update-user.ts'
import { computeList } from '../../workers/recommend/compute-list.ts'
import type { Arrival } from '../../workers/runner/stage.ts'
import { Shop, type ShopOptions, trainingLogOf } from '../harness/shop.ts'

export interface Cost {
  /** Microseconds of CPU of one event in the embed stage, its record encoded. */
  readonly embed: number
  /** Microseconds of CPU of one list, encoded. */
  readonly recommend: number
  /** Milliseconds of CPU of the preceding training. */
  readonly training: number
}

/** Cost of one event in the two stages that compute, without I/O: their decisions and codecs. */
export function measurePerEvent(options: ShopOptions, pastEvents: number, measured: number): Cost {
  const shop = new Shop(options)
  const start = Date.now() - (pastEvents + measured) * 1000
  const past = shop.events(pastEvents, start)
  let model!: TrainedModel
  const trainingMicros = cpuMicros(() => {
    const training = trainModel(trainingLogOf(past, shop.items), { version: 1, trainedAt: start })
    let step = training.next()
    while (!step.done) step = training.next()
    model = step.value.model
  })
  const recommender = new Recommender()
  const items = new Map(shop.items.map((item) => [item.id, toItemMeta(item)]))
  for (const item of items.values()) recommender.putItem(item)
  recommender.setModel(model)

  const states = new Map<string, UserState>()
  const rows = new Map<string, SideRow>()
  let offset = 0
  const context = { model, epoch: 0 }
  const embed = (event: EventRecord) => {
    const arrival = arrivalOf(event, offset++)
    const { state, emits = [] } = updateUser(event, arrival, states.get(event.userId), context)
    if (state) states.set(event.userId, state)
    const values = new Map(emits.map((emit) => [emit.topic, emit.value?.()]))
    return { arrival, vector: values.get(topics.userVectors)!, delta: values.get(topics.sideDeltas) }
  }
  for (const event of past) {
    const { delta } = embed(event)
    if (!delta) continue
    const decoded = decodeSideDelta(itemKey(event.itemId), delta).delta
    rows.set(decoded.key, reduceRow(rows.get(decoded.key), [decoded]))
  }
  for (const row of rows.values()) recommender.putRow(row)

  const recommendContext = {
    recommender,
    modelVersion: 1,
    logTime: 0,
    rules: parseRules(''),
    item: (id: string) => items.get(id),
    storedMax: 120,
  }
  const events = shop.events(measured, start + pastEvents * 1000)
  const embedded: ReturnType<typeof embed>[] = []
  const embedMicros = cpuMicros(() => {
    for (const event of events) embedded.push(embed(event))
  })
  const recommendMicros = cpuMicros(() => {
    for (const { arrival, vector } of embedded) {
      const { emits = [] } = computeList(decodeUserVector(arrival.key, vector), arrival, recommendContext as never)
      for (const emit of emits) emit.value?.()
    }
  })
  return { embed: embedMicros / measured, recommend: recommendMicros / measured, training: trainingMicros / 1000 }
}

/** CPU time, which is comparable also on a shared machine; it includes the threads of the garbage collector. */
function cpuMicros(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

const arrivalOf = ({ userId, timestamp }: EventRecord, offset: number): Arrival => {
  const at = Date.parse(timestamp)
  return { key: userId, position: { partition: 0, offset }, appendedAt: at, now: at, value: null, headers: {} }
}
