import { expect, test } from 'vitest'
import { messageOf } from '../../schema/app-error.ts'
import { unavailable } from './kafka-errors.ts'

test('an error of the brokers tells clients no address, and tells an operator its cause', () => {
  const error = unavailable('the append was not confirmed', new Error('connect ECONNREFUSED 10.0.0.3:9092'))
  expect(error.message).toBe('Kafka: the append was not confirmed')
  expect(messageOf(error)).toBe('Kafka: the append was not confirmed: connect ECONNREFUSED 10.0.0.3:9092')
})
