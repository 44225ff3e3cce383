import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Metrics } from './metrics.ts'

/** Tracks which parts have caught up. /health/ready names the others. */
export class Readiness {
  private readonly waiting = new Set<string>()
  private readonly watched = new Map<string, () => boolean>()
  stopping = false

  /** Not ready until the promise resolves. If it rejects, the part never becomes ready. */
  expect(part: string, ready: Promise<unknown>): void {
    this.waiting.add(part)
    ready.then(
      () => this.waiting.delete(part),
      () => {},
    )
  }

  /** Not ready whenever the function returns false. */
  watch(part: string, isReady: () => boolean): void {
    this.watched.set(part, isReady)
  }

  notReady(): string[] {
    const behind = [...this.watched].flatMap(([part, isReady]) => (isReady() ? [] : [part]))
    return [...(this.stopping ? ['stopping'] : []), ...this.waiting, ...behind]
  }
}

interface Options {
  readonly readiness: Readiness
  /** Rejects if the store does not respond. */
  readonly pingStore: () => Promise<unknown>
  /** Rejects if nothing can be written, so that events could not be accepted. */
  readonly checkWritable: () => Promise<unknown>
  readonly metrics: Metrics | undefined
  /** @throws AppError if the request may not read the metrics */
  readonly mayReadMetrics: (request: FastifyRequest) => Promise<void>
}

const pingMsMax = 2_000

export function addHealthRoutes(
  http: FastifyInstance,
  { readiness, pingStore, checkWritable, metrics, mayReadMetrics }: Options,
): void {
  http.get('/health/live', async () => ({ live: true }))

  http.get('/health/ready', async (_request, reply) => {
    const notReady = readiness.notReady()
    const [readable, writable] = await Promise.all([inTime(pingStore()), inTime(checkWritable())])
    if (!readable) notReady.push('store')
    if (!writable) notReady.push('disk')
    return reply.code(notReady.length === 0 ? 200 : 503).send({ ready: notReady.length === 0, notReady })
  })

  if (!metrics) return
  http.get('/metrics', async (request, reply) => {
    await mayReadMetrics(request)
    const text = await metrics.registry.metrics()
    return reply.type(metrics.registry.contentType).send(text)
  })
}

async function inTime(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), pingMsMax)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
