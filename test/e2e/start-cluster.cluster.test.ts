import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { type Picks, Pickstream } from '../../client-examples/sdk/pickstream.ts'
import { describeOnCluster, freshNamespace } from '../on-cluster.ts'
import { eventually, type Run, run, runToEnd } from '../support/start-process.ts'

describeOnCluster('npm run start:cluster', ({ brokers, contactPoints, dataCenter }) => {
  const namespace = freshNamespace()
  let started: Run
  let shopper: Pickstream

  beforeAll(async () => {
    started = run(['dist/start/cluster.js'], {
      PICKSTREAM_PORT: '0',
      PICKSTREAM_NAMESPACE: namespace,
      PICKSTREAM_PARTITIONS: '3',
      PICKSTREAM_KAFKA_BROKERS: brokers.join(','),
      PICKSTREAM_CASSANDRA_CONTACT_POINTS: contactPoints.join(','),
      PICKSTREAM_CASSANDRA_DATA_CENTER: dataCenter,
      PICKSTREAM_TRAIN_EVENTS: '0',
      PICKSTREAM_TRAIN_MINUTES: '0',
    })
    const [, url] = await eventually(() => /GraphQL +(http\S+)/.exec(started.output()))
    shopper = new Pickstream({ url: url!, webSocket: WebSocket })
    const query = 'mutation($items: [ItemInput!]!) { putItems(items: $items) { accepted } }'
    const items = ['a', 'b', 'c', 'd'].map((id) => ({ id, title: `Item ${id}`, categories: ['All'] }))
    const headers = { 'content-type': 'application/json' }
    await fetch(url!, { method: 'POST', headers, body: JSON.stringify({ query, variables: { items } }) })
    await eventually(async () => (await shopper.recommendations('nobody')).picks.length === items.length)
  })

  afterAll(async () => {
    shopper.close()
    started.child.kill('SIGKILL')
    await started.exited
  })

  test('an event by GraphQL is in the list that is asked for right after it', async () => {
    const eventId = shopper.record({ userId: 'ann', itemId: 'a', type: 'VIEW' })
    expect((await fresh('ann')).causedByEventId).toBe(eventId)
  })

  test('an event that another service writes to Kafka changes the list too', async () => {
    const args = ['dist/client-examples/kafka-node/main.js', brokers.join(','), namespace, 'bob', 'b']
    const { output } = await runToEnd(args)
    const eventId = output.split(' ')[0]
    const list = await eventually(async () => {
      const now = await shopper.recommendations('bob')
      return now.causedByEventId === eventId ? now : undefined
    })
    expect(list.picks.map(({ item }) => item.id)).not.toContain('b')
  })

  test('workers that were killed are started again, and take up what was left', async () => {
    const workers = childPids(started.child.pid!)[0]!
    process.kill(workers, 'SIGKILL')
    const eventId = shopper.record({ userId: 'ann', itemId: 'c', type: 'PURCHASE' })
    await shopper.flush()
    const list = await eventually(async () => {
      const now = await shopper.recommendations('ann').catch(() => undefined)
      return now?.causedByEventId === eventId ? now : undefined
    }, 500)
    expect(list.picks.map(({ item }) => item.id)).not.toContain('c')
    expect(childPids(started.child.pid!)).not.toContain(workers)
  })

  test('SIGTERM ends the server and the workers, and then itself', async () => {
    const children = childPids(started.child.pid!)
    expect(children).toHaveLength(2)
    started.child.kill('SIGTERM')
    expect(await started.exited).toBe(0)
    for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  /** Retried: joining the groups may take longer than the token waits. */
  const fresh = (userId: string): Promise<Picks> =>
    eventually(() => shopper.recommendations(userId).catch(() => undefined))
})

const childPids = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
