import { ask, recordMutation, toInput } from '../harness/product.ts'
import type { Shop } from '../harness/shop.ts'
import { openWatcher, type Watcher } from './watcher.ts'

const visitors = 32

/**
 * Events per second when many visitors each wait for their list before they do the next thing: a list for every
 * event.
 */
export async function visitorsCapacity(url: string, shop: Shop, seconds: number): Promise<number> {
  const watchers = await Promise.all(Array.from({ length: visitors }, (_, n) => openWatcher(url, shop, `visitor-${n}`)))
  const pushAll = async (seconds: number) => {
    const begun = performance.now()
    let pushes = 0
    const visit = async (watcher: Watcher) => {
      for (; performance.now() - begun < seconds * 1000; pushes++) await watcher.push()
    }
    await Promise.all(watchers.map(visit))
    return pushes / ((performance.now() - begun) / 1000)
  }
  await pushAll(seconds / 2)
  const rate = await pushAll(seconds)
  await Promise.all(watchers.map((watcher) => watcher.close()))
  return rate
}

/** Events per second in bulk: one list of a user follows from many events. */
export async function bulkCapacity(url: string, shop: Shop, watcher: Watcher, events: number): Promise<number> {
  const begun = performance.now()
  const senders = Array.from({ length: 4 }, async () => {
    for (let sent = 0; sent < events / 4; sent += 100) await send(url, shop, 100)
  })
  await Promise.all(senders)
  await watcher.push() // after all of them
  return events / ((performance.now() - begun) / 1000)
}

const senders = 8

/** Sends events of random users at a constant rate, `perMutation` per mutation, until stopped. */
export function startLoad(url: string, shop: Shop, eventsPerSecond: number, perMutation: number): () => Promise<void> {
  let running = true
  const pauseMs = ((perMutation * senders) / eventsPerSecond) * 1000
  const run = async (_: unknown, sender: number) => {
    let due = performance.now() + (pauseMs * sender) / senders
    while (running) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
      await send(url, shop, perMutation)
      due = Math.max(due + pauseMs, performance.now() - 1000)
    }
  }
  const done = Promise.all(Array.from({ length: senders }, run))
  return async () => {
    running = false
    await done
  }
}

const send = (url: string, shop: Shop, count: number) =>
  ask(url, recordMutation, { events: shop.events(count, Date.now() - count * 1000).map(toInput) })
