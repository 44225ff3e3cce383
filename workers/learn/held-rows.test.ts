import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reduceRow } from '../../engine/items/row.ts'
import { decodeSideRow, deltasIn, encodeSideRow, type StoredSideRow } from '../../schema/records/item-side.ts'
import { HeldRows } from './held-rows.ts'

const keys = ['i:tea', 'i:cup', 'i:pot', 'i:商品']

function aRow(key: string, events: number): StoredSideRow {
  const partners = Array.from({ length: events % 7 }, (_, n) => `item-${n}`)
  const delta = { key, timestamp: 1e12, weight: 1, user: 7, newUser: 1 as const, partners, inSession: 1 }
  return {
    row: reduceRow(
      undefined,
      Array.from({ length: events }, () => delta),
    ),
    sources: { 0: events, 3: 2 ** 40 },
  }
}

const step = fc.record({
  does: fc.constantFrom('set', 'setEncoded', 'get', 'delete'),
  key: fc.constantFrom(...keys),
  events: fc.integer({ min: 1, max: 20 }),
})

test.each([1, 1_500, 1_000_000])('every row is found as it was set, with a bound of %d bytes', (bytesMax) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const held = new HeldRows(bytesMax)
      const expected = new Map<string, StoredSideRow>()
      for (const { does, key, events } of steps) {
        const row = aRow(key, events)
        if (does === 'set') held.set(key, row)
        else if (does === 'setEncoded') held.setEncoded(key, encodeSideRow(row))
        else if (does === 'delete') held.delete(key)
        if (does === 'delete') expected.delete(key)
        else if (does !== 'get') expected.set(key, decodeSideRow(key, encodeSideRow(row)))
        for (const each of keys) {
          const known = expected.get(each)
          expect(held.deltasIn(each)).toBe(known ? deltasIn(known) : -1)
          if (each !== key) continue
          const found = held.get(each)
          expect(found && decodeSideRow(each, encodeSideRow(found))).toEqual(known)
        }
      }
    }),
  )
})

test('rows beyond the bound are held encoded only, those used last decoded too', () => {
  const held = new HeldRows(2_000)
  const [tea, cup] = [aRow('i:tea', 2), aRow('i:cup', 2)]
  held.set('i:tea', tea)
  expect(held.get('i:tea')).toBe(tea)
  held.set('i:cup', cup)
  expect(held.decodedCount).toBe(2)
  held.set('i:pot', aRow('i:pot', 2))
  expect(held.decodedCount).toBe(2)
  expect(held.get('i:cup')).toBe(cup)
  expect(held.get('i:tea')).not.toBe(tea)
  expect(held.get('i:tea')?.sources).toEqual(tea.sources)
})
