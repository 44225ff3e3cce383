import { afterAll, describe, expect, test } from 'vitest'
import { inputsOf, TestFiles } from './testing-files.ts'

const files = new TestFiles()
afterAll(() => files.remove())

const at = '2026-10-01T08:15:00.000Z'

describe('exports of trackers', () => {
  test('Google Analytics 4, flat', async () => {
    const content = `event_date,event_timestamp,event_name,user_pseudo_id,item_id,quantity
20261001,1790842500000137,view_item,10.1700000000,p1,1
20261001,1790842500000137,begin_checkout,10.1700000000,p1,1
20261001,1790842500000137,purchase,10.1700000000,p2,2
`
    const outcomes = await files.events('ga4.csv', content)
    expect(inputsOf(outcomes)).toEqual([
      { userId: '10.1700000000', itemId: 'p1', type: 'VIEW', timestamp: at },
      { userId: '10.1700000000', itemId: 'p2', type: 'PURCHASE', quantity: 2, timestamp: at },
    ])
    expect(outcomes[1]).toEqual({
      line: 3,
      ignored: 'Google Analytics 4: event "begin_checkout" is not about one item',
    })
  })

  test('Google Analytics 4, nested', async () => {
    const line = `{"event_timestamp":"1790842500000137","event_name":"purchase","user_pseudo_id":"10.17","items":[{"item_id":"p1","quantity":"2"},{"item_id":"p2"}]}`
    expect(inputsOf(await files.events('ga4.jsonl', line))).toEqual([
      { userId: '10.17', itemId: 'p1', type: 'PURCHASE', quantity: 2, timestamp: at },
      { userId: '10.17', itemId: 'p2', type: 'PURCHASE', timestamp: at },
    ])
  })

  test('Segment: guests, an order of several products, and pages', async () => {
    const track = (event: string, more: object) =>
      JSON.stringify({ type: 'track', event, anonymousId: 'a1', timestamp: at, ...more })
    const content = [
      track('Product Viewed', { messageId: 'm1', userId: null, properties: { product_id: 'p1', sku: 'S' } }),
      track('Order Completed', {
        messageId: 'm2',
        userId: 'u1',
        properties: { products: [{ product_id: 'p1', quantity: 2 }, { product_id: 'p2' }] },
      }),
      JSON.stringify({ type: 'page', messageId: 'm3', anonymousId: 'a1', timestamp: at }),
    ].join('\n')
    const outcomes = await files.events('segment.jsonl', content)
    expect(outcomes.map((outcome) => ('input' in outcome ? outcome.input : 'ignored'))).toEqual([
      { eventId: 'm1', userId: 'a1', itemId: 'p1', type: 'VIEW', timestamp: at },
      { eventId: 'm2:1', userId: 'u1', itemId: 'p1', type: 'PURCHASE', quantity: 2, timestamp: at },
      { eventId: 'm2:2', userId: 'u1', itemId: 'p2', type: 'PURCHASE', timestamp: at },
      'ignored',
    ])
  })

  test('Snowplow: the mapping of the item is asked for, the rest is known', async () => {
    const row: string[] = Array(131).fill('')
    row[1] = 'web'
    row[3] = '2026-10-01 08:15:00.000'
    row[5] = 'page_view'
    row[6] = '6a1d8c0e-1111-4222-8333-444455556666'
    row[15] = 'd1'
    row[29] = 'https://shop.example/p1'
    row[52] = '{"data":[{"note":"a \\"quoted\\" word"}]}'
    const content = `${row.join('\t')}\n`
    await expect(files.events('snowplow.tsv', content)).rejects.toThrow(/Snowplow event .*--map item=page_url/)
    expect(await files.events('snowplow.tsv', content, { map: 'item=page_url' })).toEqual([
      {
        line: 1,
        input: { eventId: row[6], userId: 'd1', itemId: row[29], type: 'VIEW', timestamp: at },
      },
    ])
  })
})
