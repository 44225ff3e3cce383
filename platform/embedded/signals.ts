import { realpathSync } from 'node:fs'
import { BroadcastChannel } from 'node:worker_threads'
import type { Growth } from './apply-commands.ts'
import { partitionId } from './keys.ts'

/** Signals between the threads of one process. Other processes poll instead. */
export type Signal = { readonly growth: readonly Growth[] } | { readonly group: string }

export const openChannel = (dir: string): BroadcastChannel => new BroadcastChannel(`pickstream:${realpathSync(dir)}`)

/** Wakes waits for a partition to grow or for a group to change. A missed signal costs one poll, never a record. */
export class Signals {
  private readonly channel: BroadcastChannel
  private readonly growth = new Map<number, Set<() => void>>()
  private readonly groups = new Map<string, Set<() => void>>()

  constructor(dir: string) {
    this.channel = openChannel(dir)
    this.channel.onmessage = (event) => this.dispatch((event as { data: Signal }).data)
  }

  onGrowth(topicId: number, partition: number, wake: () => void): () => void {
    return listen(this.growth, partitionId(topicId, partition), wake)
  }

  onGroup(group: string, wake: () => void): () => void {
    return listen(this.groups, group, wake)
  }

  /** Wakes the waits of all threads, also of this one. */
  groupChanged(group: string) {
    this.channel.postMessage({ group } satisfies Signal)
    wakeAll(this.groups.get(group))
  }

  close() {
    this.channel.close()
    for (const wakes of [...this.growth.values(), ...this.groups.values()]) wakeAll(wakes)
  }

  private dispatch(signal: Signal) {
    if ('group' in signal) return wakeAll(this.groups.get(signal.group))
    for (const [topicId, partition] of signal.growth) wakeAll(this.growth.get(partitionId(topicId, partition)))
  }
}

function listen<K>(listeners: Map<K, Set<() => void>>, key: K, wake: () => void): () => void {
  const wakes = listeners.get(key) ?? new Set()
  listeners.set(key, wakes.add(wake))
  return () => {
    wakes.delete(wake)
    if (wakes.size === 0 && listeners.get(key) === wakes) listeners.delete(key)
  }
}

function wakeAll(wakes: Set<() => void> | undefined) {
  if (wakes !== undefined) for (const wake of [...wakes]) wake()
}
