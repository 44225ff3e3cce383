import { expect, test } from 'vitest'
import { streamEndpointOf } from './endpoint.ts'

test.each([
  ['http://shop.test/graphql', 'http://shop.test/graphql/stream'],
  ['https://shop.test/api/graphql?partition=7', 'https://shop.test/api/graphql/stream?partition=7'],
])('events of %s are at %s', (url, stream) => {
  expect(streamEndpointOf(url)).toBe(stream)
})
