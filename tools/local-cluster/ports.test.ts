import { expect, test } from 'vitest'
import { freePorts } from './ports.ts'

test('free ports are all different, and free on every address', async () => {
  const ports = await freePorts(8, ['127.0.0.1', '127.0.0.2'])
  expect(new Set(ports).size).toBe(8)
  expect(ports.every((port) => port > 0 && port < 65_536)).toBe(true)
})
