import { ask, recordMutation, toInput } from '../harness/product.ts'
import type { Shop } from '../harness/shop.ts'
import type { Watcher } from './watcher.ts'

const perMutation = 20

/** Events per second that get through when as many as possible are sent. */
export async function capacity(url: string, shop: Shop, watcher: Watcher, events: number): Promise<number> {
  const begun = performance.now()
  const senders = Array.from({ length: 4 }, async () => {
    for (let sent = 0; sent < events / 4; sent += 100) await send(url, shop, 100)
  })
  await Promise.all(senders)
  await watcher.push() // behind all of them
  return events / ((performance.now() - begun) / 1000)
}

/** Events of random users at an even pace, until told to stop. */
export function startLoad(url: string, shop: Shop, eventsPerSecond: number): () => Promise<void> {
  let running = true
  const pauseMs = (perMutation / eventsPerSecond) * 1000
  const run = async () => {
    let due = performance.now()
    while (running) {
      await send(url, shop, perMutation)
      due = Math.max(due + pauseMs, performance.now() - 1000)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    }
  }
  const done = run()
  return async () => {
    running = false
    await done
  }
}

const send = (url: string, shop: Shop, count: number) =>
  ask(url, recordMutation, { events: shop.events(count, Date.now() - count * 1000).map(toInput) })
