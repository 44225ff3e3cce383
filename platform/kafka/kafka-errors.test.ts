import { expect, test } from 'vitest'
import { messageOf } from '../../schema/app-error.ts'
import { unavailable } from './kafka-errors.ts'

test('an error of the brokers tells clients no address, and tells an operator its cause', () => {
  const error = unavailable('did not confirm the append', new Error('connect ECONNREFUSED 10.0.0.3:9092'))
  expect(error.message).toBe('Kafka did not confirm the append')
  expect(messageOf(error)).toBe('Kafka did not confirm the append: connect ECONNREFUSED 10.0.0.3:9092')
})
