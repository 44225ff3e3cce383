import type { EventLog, LogRecord } from '../../platform/ports/event-log.ts'
import { topics } from '../../schema/topics.ts'
import type { Dice } from '../simulator/dice.ts'

const bytes = (text: string) => Buffer.from(text)
const event = {
  v: 1,
  kind: 'event',
  eventId: 'x',
  userId: 'poison',
  itemId: 'i',
  type: 'VIEW',
  timestamp: '2026-01-01T00:00:00Z',
}

/** What another service may write by mistake. None of it may count, and none may stop a partition. */
const kinds: readonly (() => Uint8Array | null)[] = [
  () => null,
  () => bytes(''),
  () => bytes('{'),
  () => Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  () => bytes('[]'),
  () => bytes('{"v":1,"kind":"event"}'),
  () => bytes(JSON.stringify({ ...event, userId: 'somebody else' })),
  () => bytes(JSON.stringify({ ...event, type: 'STARE' })),
  () => bytes(JSON.stringify({ ...event, timestamp: 'yesterday' })),
  () => bytes(JSON.stringify({ v: 1, kind: 'identify', userId: 'user-1', into: 'poison' })), // not signed
  () => bytes(JSON.stringify({ ...event, kind: 'adopt', from: { partition: -1, offset: 0 } })),
]

/** Puts a few such records into the open topics, as several users'. */
export async function poison(log: EventLog, dice: Dice): Promise<void> {
  const record = (): LogRecord => ({ key: dice.pick(['poison', 'user-1', 'user-2']), value: dice.pick(kinds)() })
  await log.append(topics.interactions, Array.from({ length: dice.between(1, 5) }, record))
  await log.append(topics.items, [{ key: 'poison', value: bytes('{"v":1}') }])
}
