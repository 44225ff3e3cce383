import { expect, test } from 'vitest'
import { OpenConnections } from './open-connections.ts'

const shopper = (client: string) => ({ role: 'shopper', client }) as const

test('the bound in all holds, whoever they are of, and room comes back once', () => {
  const connections = new OpenConnections({ inAllMax: 2, perClientMax: 0 })
  const first = connections.open('1.1.1.1')
  connections.open('2.2.2.2')
  expect(() => connections.check('3.3.3.3')).toThrow('expected at most 2 sockets and event streams at once')
  first.close()
  first.close()
  connections.open('3.3.3.3')
  expect(() => connections.check('3.3.3.3')).toThrow()
})

test('the bound of a client holds for its address until its shopper is known, then for the shopper', () => {
  const connections = new OpenConnections({ inAllMax: 100, perClientMax: 2 })
  const open = [connections.open('1.1.1.1'), connections.open('1.1.1.1')]
  expect(() => connections.check('1.1.1.1')).toThrow('expected at most 2 sockets and event streams of one client')
  expect(open.map((one) => one.claim(shopper('ann')))).toEqual([true, true])
  connections.check('1.1.1.1')
  const third = connections.open('1.1.1.1')
  expect(third.claim(shopper('ann'))).toBe(false)
  open[0]!.close()
  expect(third.claim(shopper('ann'))).toBe(true)
})
