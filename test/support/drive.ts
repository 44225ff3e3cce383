import { topicSpecs } from '../../schema/topics.ts'
import { Dice } from '../simulator/dice.ts'
import { calm, type Owner, Scheduler } from '../simulator/scheduler.ts'
import { SimLog } from '../simulator/sim-log.ts'
import { SimStore } from '../simulator/sim-store.ts'

/** The simulator's log and store without weather, for tests of one part: nothing moves but by `until` and `rest`. */
export function aQuietWorld(partitions = 1) {
  const scheduler = new Scheduler(new Dice(1), calm)
  const log = new SimLog(scheduler, topicSpecs(partitions))
  const store = new SimStore(scheduler, () => {})
  const owner: Owner = { name: 'test', alive: true }
  return {
    scheduler,
    simLog: log,
    simStore: store,
    log: log.forOwner(owner),
    store: store.forOwner(owner),
    clock: scheduler.clock,
    /** Steps until the promise has settled. */
    async until<T>(promise: Promise<T>): Promise<T> {
      let settled = false
      const mark = () => {
        settled = true
      }
      promise.then(mark, mark)
      for (let idle = 0; !settled; ) {
        if (await scheduler.step()) continue
        if (++idle > 100) throw new Error('waits for something that nobody will do')
        await new Promise((resolve) => setImmediate(resolve))
      }
      return promise
    },
    /** Steps until nothing is left to do. */
    async rest(stepsMax = 10_000): Promise<void> {
      for (let n = 0; await scheduler.step(); n++) if (n > stepsMax) throw new Error('does not come to rest')
    },
  }
}
