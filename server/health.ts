import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Metrics } from './metrics.ts'

export interface Health {
  readonly ready: boolean
  /** Why the server is not ready. */
  readonly notReady: readonly string[]
  /** Parts that do not work now, of a server that has been ready. */
  readonly degraded: readonly string[]
}

/** Resolves to false, or rejects, if the part does not work now. */
type Check = () => boolean | Promise<unknown>

interface Part {
  readonly check: Check
  readonly needed: 'always' | 'at start'
}

const checkMsMax = 2_000

/**
 * Decides whether requests should be sent to this server.
 *
 * A part that has failed after the start usually fails on all servers at once (the store, the log, an item on which the
 * ranking ends). If they were not ready then, a load balancer would remove all of them, and with them what still works:
 * stored lists, pushes, the acceptance of events. So such a server is ready and degraded.
 */
export class Readiness {
  private readonly waiting = new Set<string>()
  private readonly parts = new Map<string, Part>()
  private hasBeenReady = false
  stopping = false

  /** Not ready until the promise resolves. If it rejects, the part never becomes ready. */
  expect(part: string, ready: Promise<unknown>): void {
    this.waiting.add(part)
    ready.then(
      () => this.waiting.delete(part),
      () => {},
    )
  }

  /** @param needed `at start`: once the server has been ready, it is degraded while the part does not work, and ready */
  watch(part: string, check: Check, needed: Part['needed'] = 'at start'): void {
    this.parts.set(part, { check, needed })
  }

  async health(): Promise<Health> {
    const works = await this.partsThatWork()
    const failing = (needed: Part['needed']) =>
      [...this.parts].flatMap(([name, part]) => (part.needed === needed && !works.get(name) ? [name] : []))
    const always = [...(this.stopping ? ['stopping'] : []), ...this.waiting, ...failing('always')]
    const atStart = failing('at start')
    this.hasBeenReady ||= always.length === 0 && atStart.length === 0
    const notReady = this.hasBeenReady ? always : [...always, ...atStart]
    return { ready: notReady.length === 0, notReady, degraded: this.hasBeenReady ? atStart : [] }
  }

  /** Whether each watched part works now. */
  async partsThatWork(): Promise<ReadonlyMap<string, boolean>> {
    const checked = [...this.parts].map(async ([name, { check }]) => [name, await holds(check)] as const)
    return new Map(await Promise.all(checked))
  }
}

interface Options {
  readonly readiness: Readiness
  readonly metrics: Metrics | undefined
  /** @throws AppError if the request may not read the metrics */
  readonly mayReadMetrics: (request: FastifyRequest) => Promise<void>
}

export function addHealthRoutes(http: FastifyInstance, { readiness, metrics, mayReadMetrics }: Options): void {
  http.get('/health/live', async () => ({ live: true }))

  http.get('/health/ready', async (_request, reply) => {
    const health = await readiness.health()
    return reply.code(health.ready ? 200 : 503).send(health)
  })

  if (!metrics) return
  http.get('/metrics', async (request, reply) => {
    await mayReadMetrics(request)
    const text = await metrics.registry.metrics()
    return reply.type(metrics.registry.contentType).send(text)
  })
}

async function holds(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkMsMax)
  })
  const checked = async () => (await check()) !== false
  try {
    return await Promise.race([checked(), late])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
