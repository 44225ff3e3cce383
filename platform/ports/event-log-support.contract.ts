import { randomUUID } from 'node:crypto'
import type { TopicSpec } from '../../schema/topics.ts'
import type { EventLog, StoredRecord } from './event-log.ts'

/** Filled before the first test runs. */
export interface LogContext {
  log: EventLog
  other: EventLog
  open(): Promise<EventLog>
}

export const uniqueName = (what: string): string => `contract-${what}-${randomUUID().slice(0, 13)}`
export const bytes = (value: string): Buffer => Buffer.from(value)
export const text = ({ value }: StoredRecord): string | null => (value === null ? null : Buffer.from(value).toString())

export async function aTopic({ log }: LogContext, spec: Partial<TopicSpec> = {}): Promise<string> {
  const name = uniqueName('topic')
  await log.createTopics([{ partitions: 1, cleanup: 'delete', ...spec, name }])
  return name
}

/** Every record of a topic, partition after partition. */
export async function readAll(log: EventLog, topic: string): Promise<StoredRecord[]> {
  const found: StoredRecord[] = []
  for (const [partition, end] of (await log.endOffsets(topic)).entries()) {
    for (let next = 0; next < end; ) {
      const slice = await log.read(topic, partition, next, 500)
      if (slice.length === 0) break
      found.push(...slice)
      next = slice.at(-1)!.offset + 1
    }
  }
  return found
}

/** Waits until the condition holds: long enough for a group that takes seconds to settle, no longer than needed. */
export async function eventually(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const started = performance.now()
  while (!(await condition())) {
    if (performance.now() - started > 60_000) throw new Error(`${what} did not come about within a minute`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** For asserting that nothing more comes: a moment in which it would have. */
export const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300))
