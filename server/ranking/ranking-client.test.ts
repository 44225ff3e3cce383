import { once } from 'node:events'
import { type MessagePort, Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { answerQuestions } from './answer-questions.ts'
import { RankingClient } from './ranking-client.ts'
import type { RankingService } from './ranking-service.ts'

const ports: MessagePort[] = []
const workers: Worker[] = []
afterEach(async () => {
  for (const port of ports.splice(0)) port.close()
  for (const worker of workers.splice(0)) await worker.terminate()
})

const none = { limit: 10, exclude: [], filter: null }
const item = { itemId: 'tent', score: 1, reason: { kind: 'new', publishedAt: null } } as const

/** A thread that has the port and answers nothing. */
function silentThread(questions: MessagePort): Worker {
  const code = "require('node:worker_threads').workerData.on('message', () => {})"
  const worker = new Worker(code, { eval: true, workerData: questions, transferList: [questions] })
  workers.push(worker)
  return worker
}

function answering(client: RankingClient, trending: RankingService['trending']) {
  const no = () => Promise.reject(new Error('not asked'))
  const others = { similar: no, together: no, session: no, rank: no, modelVersion: 3, isReady: true }
  const port = client.connect()
  ports.push(port)
  answerQuestions(port, { ...others, trending })
}

test('when the thread ends, what it has not answered is refused, and so is what is asked before there is another', async () => {
  const client = new RankingClient()
  await expect(client.trending('DAY', none)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  const worker = silentThread(client.connect())
  await once(worker, 'online')
  const asked = [client.trending('DAY', none), client.trending('WEEK', none)]
  const refused = asked.map((one) => expect(one).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true }))
  await worker.terminate()
  await Promise.all(refused)
  await expect(client.trending('DAY', none)).rejects.toMatchObject({ code: 'UNAVAILABLE' })

  answering(client, async () => [item])
  expect(await client.trending('DAY', none)).toEqual([item])
  await expect.poll(() => client.isReady).toBe(true)
  expect(client.modelVersion).toBe(3)
  ports[0]!.close()
  await expect.poll(() => client.isReady).toBe(false)
})

test('a thread that never ran leaves no question open', async () => {
  const client = new RankingClient()
  const worker = silentThread(client.connect())
  const asked = expect(client.trending('DAY', none)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await worker.terminate()
  await asked
})

test('the other work of the thread gets a turn between two questions', async () => {
  const client = new RankingClient()
  const order: string[] = []
  answering(client, async (window) => {
    order.push(window)
    setImmediate(() => order.push('other work'))
    return []
  })
  await Promise.all([client.trending('HOUR', none), client.trending('DAY', none), client.trending('WEEK', none)])
  expect(order.slice(0, 5)).toEqual(['HOUR', 'other work', 'DAY', 'other work', 'WEEK'])
})

test('beyond 2,000 questions without an answer it refuses', async () => {
  const client = new RankingClient()
  silentThread(client.connect())
  for (let n = 0; n < 2_000; n++) client.trending('DAY', none).catch(() => {})
  await expect(client.trending('DAY', none)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})
