import cassandra from 'cassandra-driver'
import { expect, test } from 'vitest'
import { messageOf } from '../../schema/app-error.ts'
import { unavailable } from './cassandra-errors.ts'

test('an error of the nodes tells clients no address, path or stack, and tells an operator those of every node', () => {
  const error = unavailable(
    new cassandra.errors.NoHostAvailableError({
      '10.0.0.3:9042': new Error('connect ECONNREFUSED 10.0.0.3:9042'),
      '10.0.0.4:9042': new Error('The host 10.0.0.4:9042 did not reply before timeout 3000 ms'),
    }),
  )
  expect(error).toMatchObject({ message: 'Cassandra: a request failed', retriable: true })
  expect(messageOf(error)).toBe(
    'Cassandra: a request failed: no node answered: 10.0.0.3:9042: connect ECONNREFUSED 10.0.0.3:9042; 10.0.0.4:9042: The host 10.0.0.4:9042 did not reply before timeout 3000 ms',
  )
})
