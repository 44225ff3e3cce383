import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Harness } from '../support/server-harness.ts'
import { eventually } from '../support/start-process.ts'
import { startWholeSystem } from '../support/whole-system.ts'

interface Span {
  readonly service: string
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
}

/** What a collector was sent. */
const spans: Span[] = []
let collector: Server
let harness: Harness

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url === '/v1/traces') take(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  collector.listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const otlpUrl = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`
  harness = await startWholeSystem({ env: { PICKSTREAM_OTLP_URL: otlpUrl }, tracing: { perSecondMax: 5, otlpUrl } })
  await harness.putItems({ id: 'tent' }, { id: 'mat' })
})
afterAll(async () => {
  await harness.close()
  collector.close()
})

// biome-ignore lint/suspicious/noExplicitAny: OTLP in JSON
function take({ resourceSpans }: any): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = resource.attributes.find(({ key }: { key: string }) => key === 'service.name').value.stringValue
    for (const { spans: some } of scopeSpans) spans.push(...some.map((span: Span) => ({ ...span, service })))
  }
}

test('a collector is shown one event on its whole way: mutation, every stage, the table and the page', async () => {
  const watcher = harness.watch('subscription { recommendationsUpdated(userId: "ada-lovelace") { causedByEventId } }')
  await watcher.message(0)
  await harness.ask(
    'mutation { recordEvents(events: [{ eventId: "e1", userId: "ada-lovelace", itemId: "tent", type: VIEW }]) { token } }',
  )
  await watcher.message(1)
  const record = await eventually(() => spans.find(({ name }) => name === 'record'))
  const span = (name: string) =>
    eventually(() => spans.find((span) => span.name === name && span.traceId === record.traceId))
  const embed = await span('embed')
  const recommend = await span('recommend')
  expect(record).toMatchObject({ service: 'server' })
  expect(record.attributes).toContainEqual({ key: 'eventId', value: { stringValue: 'e1' } })
  expect(embed).toMatchObject({ service: 'worker', parentSpanId: record.spanId })
  expect(recommend).toMatchObject({ service: 'worker', parentSpanId: embed.spanId })
  expect(await span('sink')).toMatchObject({ service: 'worker', parentSpanId: recommend.spanId })
  expect(await span('quality')).toMatchObject({ service: 'worker', parentSpanId: recommend.spanId })
  expect(await span('push')).toMatchObject({ service: 'server', parentSpanId: recommend.spanId })
  expect(await span('learn')).toMatchObject({ service: 'worker', parentSpanId: embed.spanId })
  expect(await span('archive')).toMatchObject({ service: 'worker', parentSpanId: embed.spanId })
  expect(JSON.stringify(spans)).not.toContain('lovelace')
  watcher.stop()

  const query = '{ eventTraces(eventId: "e1") { spans { name } } }'
  const shown = await eventually(async () => {
    const [trace] = (await harness.ask(query)).data.eventTraces
    return trace?.spans.length >= 8 && trace
  })
  expect(shown.spans[0].name).toBe('record')
})
