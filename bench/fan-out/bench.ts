import { fillFolder } from '../graphql/lists.ts'
import { type Child, startChild } from '../harness/child.ts'
import { type Figure, figureOf, type Pair } from '../harness/figure.ts'
import type { Surroundings } from '../harness/scratch.ts'
import type { Answer, MemoryAnswer } from './messages.ts'
import { order } from './obey.ts'

const items = 1_000
const crowds = 2
/** Approximate bytes of a push of 20 picks; the reference sends the same number. */
const bodyBytes = 2_400

/** Pushes to many sockets of one server, compared with ws alone. */
export async function fanOutBench(surroundings: Surroundings): Promise<Figure[]> {
  const { quick, say, folder } = surroundings
  const sockets = quick ? 2_000 : 10_000
  const everyone = sockets
  const dir = await folder()
  await fillFolder(dir, sockets + 1, items)
  const env = {
    PICKSTREAM_DATA_DIR: dir,
    PICKSTREAM_PORT: '0',
    PICKSTREAM_LIMIT_RATE: '0',
    PICKSTREAM_LIMIT_SOCKETS_PER_CLIENT: '0',
    NODE_OPTIONS: '--expose-gc',
  }
  const product = startChild('bench/fan-out/product-server', env, surroundings, [String(items)])
  const raw = startChild('bench/fan-out/raw-server', env, surroundings, [String(bodyBytes), String(everyone)])
  say(`opening ${sockets} sockets on each`)
  const ours = await Side.open(product, sockets, surroundings)
  const theirs = await Side.open(raw, sockets, surroundings)
  say('every socket watches one list more, the same for all')
  await ours.watch(everyone)
  await theirs.watch(everyone)

  const rounds = quick ? 3 : 7
  const random = Array.from({ length: sockets }, (_, n) => (n * 7919) % sockets)
  const toAll = await compare(rounds, ours, theirs, [everyone], sockets)
  const toEach = await compare(rounds, ours, theirs, random, sockets)
  const must = { of: 'ratio', atLeast: 0.25 } as const
  const note = `${sockets} sockets in ${crowds} processes on the same machine; the reference is ws sending ${bodyBytes} bytes, encoded once, to the same sockets.`
  return [
    figureOf({ name: 'one update to all', unit: 'messages/s', must, note }, toAll),
    figureOf({ name: 'an update to each, in random order', unit: 'messages/s', must }, toEach),
    figureOf({ name: 'memory per idle subscriber', unit: 'kB', must: { of: 'value', atMost: 30 } }, [
      { value: ours.perSocket.resident / 1000, reference: theirs.perSocket.resident / 1000 },
    ]),
    figureOf({ name: 'of it in use: objects, and the list in the cache', unit: 'kB' }, [
      { value: ours.perSocket.used / 1000, reference: theirs.perSocket.used / 1000 },
    ]),
  ]
}

async function compare(rounds: number, ours: Side, theirs: Side, users: readonly number[], messages: number) {
  const pairs: Pair[] = []
  for (let round = 0; round < rounds; round++) {
    pairs.push({ value: await ours.push(users, messages), reference: await theirs.push(users, messages) })
  }
  return pairs
}

/** One server and the sockets that are open on it. */
class Side {
  readonly perSocket: Pick<MemoryAnswer, 'resident' | 'used'>
  private readonly crowds: readonly Child[]

  private constructor(
    private readonly server: Child,
    crowdsOfIt: readonly Child[],
    perSocket: Side['perSocket'],
  ) {
    this.crowds = crowdsOfIt
    this.perSocket = perSocket
  }

  static async open(server: Child, sockets: number, surroundings: Surroundings): Promise<Side> {
    const { address } = (await server.firstMessage) as { address: string }
    const before = await memoryOf(server)
    const own = Array.from({ length: crowds }, () => startChild('bench/fan-out/crowd', {}, surroundings, [address]))
    const each = sockets / crowds
    await Promise.all(own.map(({ firstMessage }) => firstMessage))
    await Promise.all(own.map((crowd, n) => order(crowd.process, { kind: 'open', sockets: each, firstUser: n * each })))
    const after = await memoryOf(server)
    return new Side(server, own, {
      resident: (after.resident - before.resident) / sockets,
      used: (after.used - before.used) / sockets,
    })
  }

  async watch(user: number): Promise<void> {
    await Promise.all(this.crowds.map((crowd) => order(crowd.process, { kind: 'watch', user })))
  }

  /** @returns messages per second, until the last socket has the last one */
  async push(users: readonly number[], messages: number): Promise<number> {
    const each = messages / this.crowds.length
    await order(this.server.process, { kind: 'prepare', users })
    const arrived = this.crowds.map((crowd) => order(crowd.process, { kind: 'await', messages: each }))
    const begun = performance.now()
    await Promise.all([order(this.server.process, { kind: 'push' }), ...arrived])
    return messages / ((performance.now() - begun) / 1000)
  }
}

async function memoryOf({ process }: Child): Promise<MemoryAnswer> {
  const answer: Answer = await order(process, { kind: 'memory' })
  if (answer.kind !== 'memory') throw new Error(`expected a server to report its memory, got ${answer.kind}`)
  return answer
}
