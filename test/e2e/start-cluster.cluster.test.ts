import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnCluster, freshNamespace } from '../on-cluster.ts'
import { eventually, type Run, run, runToEnd } from '../support/start-process.ts'

describeOnCluster('npm run start:cluster', ({ brokers, contactPoints, dataCenter }) => {
  const namespace = freshNamespace()
  let started: Run
  let shopper: Shopper

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
    shopper = new Shopper(url!)
    const items = ['a', 'b', 'c', 'd'].map((id) => ({ id, title: `Item ${id}`, categories: ['All'] }))
    await shopper.ask('mutation($items: [ItemInput!]!) { putItems(items: $items) { accepted } }', { items })
    await eventually(async () => (await shopper.recommendations('nobody')).picks.length === items.length)
  })

  afterAll(async () => {
    started.child.kill('SIGKILL')
    await started.exited
  })

  test('an event by GraphQL is in the list that is asked for right after it', async () => {
    const eventId = await shopper.record({ userId: 'ann', itemId: 'a', type: 'VIEW' })
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
    const eventId = await shopper.record({ userId: 'ann', itemId: 'c', type: 'PURCHASE' })
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
  const fresh = (userId: string): Promise<List> =>
    eventually(() => shopper.recommendations(userId).catch(() => undefined))
})

const childPids = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

interface List {
  readonly causedByEventId: string | null
  readonly picks: readonly { readonly item: { readonly id: string } }[]
}

/** A client that asks for lists that include what it recorded. */
class Shopper {
  private readonly tokens = new Map<string, string>()

  constructor(private readonly url: string) {}

  /** Retried under one id until the server has it. */
  async record(event: { readonly userId: string; readonly itemId: string; readonly type: string }): Promise<string> {
    const eventId = randomUUID()
    const query = 'mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
    const variables = { events: [{ ...event, eventId }] }
    const { recordEvents } = await eventually(() => this.ask(query, variables).catch(() => undefined))
    this.tokens.set(event.userId, recordEvents.token)
    return eventId
  }

  async recommendations(userId: string): Promise<List> {
    const query = `query($userId: ID!, $after: String) {
      recommendations(userId: $userId, after: $after) { causedByEventId picks { item { id } } } }`
    return (await this.ask(query, { userId, after: this.tokens.get(userId) })).recommendations
  }

  // biome-ignore lint/suspicious/noExplicitAny: the tests know what they asked for
  async ask(query: string, variables: object): Promise<any> {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(this.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const { data, errors } = (await response.json()) as { data?: unknown; errors?: { message: string }[] }
    if (errors) throw new Error(errors[0]?.message)
    return data
  }
}
