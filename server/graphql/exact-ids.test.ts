import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'
import { parseId } from './exact-ids.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

const query = 'mutation ($e: [EventInput!]!) { recordEvents(events: $e) { accepted } }'
async function post(itemId: string) {
  const body = `{"query":${JSON.stringify(query)},"variables":{"e":[{"userId":"u","itemId":${itemId},"type":"VIEW"}]}}`
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(harness.url, { method: 'POST', headers, body })
  return (await response.json()) as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] }
}

describe('ids as JSON numbers', () => {
  test.each([
    '7300000000000000001',
    '7300000000000000002',
    '9007199254740993',
    '9007199254740992',
    '-9007199254740993',
  ])('%s would lose digits and is refused, each time it comes', async (number) => {
    for (let n = 0; n < 6; n++) {
      const { errors } = await post(number) // compiled after a few
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
      expect(errors?.[0]?.message).toContain('above 9007199254740991 JSON numbers lose digits; send the id as a string')
    }
  })

  test.each(['"7300000000000000001"', '9007199254740991', '0', '-1'])('%s is taken', async (id) => {
    expect(await post(id)).toEqual({ data: { recordEvents: { accepted: 1 } } })
  })

  test('digits in a document are kept', async () => {
    const { data } = await harness.ask('{ item(id: 7300000000000000001) { id } }')
    expect(data).toEqual({ item: null })
  })

  test.each([1.5, Number.NaN, true, null, [], {}])('%s is no id', (value) => {
    expect(() => parseId(value)).toThrow('ID cannot represent value')
  })
})
