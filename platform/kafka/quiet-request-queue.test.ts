import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { quietRequestQueues } from './quiet-request-queue.ts'

interface Queue {
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  maybeThrottle(ms: number): void
  push(request: object): void
  destroy(): void
}

const require = createRequire(import.meta.url)
const RequestQueue = require('kafkajs/src/network/requestQueue') as new (options: object) => Queue
const queues: Queue[] = []

function queue(): Queue {
  const logger = { debug: () => {} }
  const made = new RequestQueue({
    maxInFlightRequests: null,
    requestTimeout: 1_000,
    clientId: 'c',
    broker: 'b',
    logger,
  })
  queues.push(made)
  return made
}

afterEach(() => {
  for (const made of queues.splice(0)) made.destroy()
})

test('an idle connection sets no timer', () => {
  quietRequestQueues()
  const idle = queue()
  idle.checkPendingRequests()
  expect(idle.throttleCheckTimeoutId).toBeNull()
})

test('a request held back by throttling is still sent when the throttling is over', async () => {
  quietRequestQueues()
  const throttled = queue()
  throttled.maybeThrottle(30)
  let sent = false
  throttled.push({
    entry: { correlationId: 1, apiKey: 1, apiName: 'Test', apiVersion: 0, resolve: () => {}, reject: () => {} },
    expectResponse: true,
    sendRequest: () => {
      sent = true
    },
  })
  expect(sent).toBe(false)
  await expect.poll(() => sent).toBe(true)
  await sleep(20)
  expect(throttled.throttleCheckTimeoutId).toBeNull()
})
