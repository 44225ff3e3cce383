import { expect, test } from 'vitest'
import { AppError } from '../schema/app-error.ts'
import type { Logger } from './logger.ts'
import { OutageLog } from './outage-log.ts'

test('an outage is logged with its cause at once, then at most every 10 s, and its end', async () => {
  const lines: string[] = []
  let now = 0
  const logger = {
    warn: ({ err, topic }: { err: Error; topic: string }, text: string) =>
      lines.push(`${now} ${text}: ${(err.cause as Error).message} ${topic}`),
    info: (text: string) => lines.push(`${now} ${text}`),
  } as unknown as Logger
  const outages = new OutageLog({ logger, system: 'Kafka', now: () => now })
  const ask = (at: number, error?: Error) => {
    now = at
    return outages.watch(error ? Promise.reject(error) : Promise.resolve(at), { topic: 'lists' }).catch(() => -1)
  }
  const cause = new Error('connect ECONNREFUSED')
  const refused = new AppError('UNAVAILABLE', { message: 'no answer', cause })

  expect(await ask(1)).toBe(1)
  await ask(2, new AppError('BAD_USER_INPUT', { message: 'not an outage' }))
  expect(await ask(1000, refused)).toBe(-1)
  await ask(10_999, refused)
  await ask(11_000, refused)
  await ask(11_500)
  await ask(11_600, refused)
  await ask(11_700)
  await ask(21_000, refused)
  outages.close()
  await ask(41_000, refused)
  expect(lines).toEqual([
    '1000 Kafka: requests fail; callers receive UNAVAILABLE: connect ECONNREFUSED lists',
    '11000 Kafka: requests fail; callers receive UNAVAILABLE: connect ECONNREFUSED lists',
    '11500 Kafka: requests succeed again',
    '21000 Kafka: requests fail; callers receive UNAVAILABLE: connect ECONNREFUSED lists',
  ])
})
