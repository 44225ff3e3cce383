import { expect, test } from 'vitest'
import { PickstreamError } from './errors.ts'
import { forwardSubscription } from './forward-subscription.ts'
import type { Sink } from './live.ts'
import type { Operation } from './transport.ts'

test('a subscription of another client gets its results, its refusal and its end', () => {
  const seen: unknown[] = []
  let operation: Operation | undefined
  let sink: Sink<never> | undefined
  const forward = forwardSubscription({
    subscribe: (create, to) => {
      operation = create()
      sink = to as Sink<never>
      return () => seen.push('stopped')
    },
  })
  const observable = forward({ query: 'subscription { a }', variables: { id: 1 } })
  const { unsubscribe } = observable.subscribe({
    next: (result) => seen.push(result),
    complete: () => seen.push('completed'),
  })
  expect(operation).toEqual({ query: 'subscription { a }', variables: { id: 1 } })
  const refusal = new PickstreamError('UNAUTHENTICATED', 'expected a token')
  sink!.next({ data: null })
  sink!.error(refusal)
  unsubscribe()
  expect(seen).toEqual([{ data: null }, { errors: [refusal] }, 'completed', 'stopped'])
})
