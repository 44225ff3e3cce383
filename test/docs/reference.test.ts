import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sideDeltasOf } from '../../engine/items/deltas.ts'
import { applyInteraction, emptyProfile } from '../../engine/user/profile.ts'
import { isPositive, isRejection, isTouch, marksSeen, strengthOf } from '../../engine/user/signals.ts'
import { type EventType, eventTypes, interactionSchema } from '../../schema/records/interaction.ts'
import { itemSchema } from '../../schema/records/item.ts'
import { parseRules, ruleNames } from '../../schema/rules.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
const rowsOf = (page: string, first: RegExp) =>
  page
    .split('\n')
    .filter((line) => first.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

function rowOf(type: EventType): string[] {
  const event = {
    eventId: 'e',
    userId: 'u',
    itemId: 'i',
    type,
    value: null,
    quantity: 1,
    timestamp: 1,
    recommendationId: null,
  }
  const profile = applyInteraction(emptyProfile('u'), event, 0, { model: null })
  const trend = sideDeltasOf(profile, 0)[0]?.weight ?? 0
  const is = (yes: boolean) => (yes ? 'yes' : '')
  const flags = [isTouch(type), isPositive(event), marksSeen(type), isRejection(type)].map(is)
  return [`\`${type}\``, String(strengthOf(event)), String(trend), ...flags]
}

test('docs/event-types.md weighs every event type as the engine does', () => {
  expect(rowsOf(read('event-types.md'), /^\| `[A-Z]+` \|/)).toEqual(eventTypes.map(rowOf))
})

test('docs/event-types.md gives the strength of ratings as the engine does', () => {
  for (const [value, strength] of [
    [5, 1],
    [2.5, 0],
    [0, -1],
  ] as const)
    expect(strengthOf({ type: 'RATING', value })).toBe(strength)
  expect([3, 3.5].map((value) => isPositive({ type: 'RATING', value }))).toEqual([false, true])
})

test('the YAML of docs/business-rules.md is valid, and its table names every field', () => {
  const page = read('business-rules.md')
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, source]) => parseRules(source!))
  expect(examples.length).toBeGreaterThan(5)
  const named = rowsOf(page, /^\| `[a-zA-Z]+` \|/).map(([name]) => name!.replaceAll('`', ''))
  expect(named.toSorted()).toEqual(ruleNames.toSorted())
  const refusal = /the rules are not valid: .*/.exec(page)![0]
  expect(() => parseRules('pinz: []')).toThrow(refusal)
})

const fieldsOf = (section: string) =>
  rowsOf(section, /^\| `[a-zA-Z]+` \|/).map(([name, required]) => [name!.replaceAll('`', ''), required === 'yes'])

test('docs/record-formats.md has every field of the open topics', () => {
  const [, interactions, items] = read('record-formats.md').split(/^## (?:Topic|Headers)/m)
  for (const kind of ['event', 'undo', 'forget']) {
    const section = interactions!.split('### Kind ').find((text) => text.startsWith(`\`${kind}\``))!
    const shape = interactionSchema.oneOf.find(({ properties }) => properties.kind.const === kind)!
    const fields = Object.keys(shape.properties).map((name) => [name, shape.required.includes(name)])
    expect(fieldsOf(section).toSorted(), kind).toEqual(fields.toSorted())
  }
  const required: readonly string[] = itemSchema.required
  const itemFields = Object.keys(itemSchema.properties).map((name) => [name, required.includes(name)])
  expect(fieldsOf(items!).toSorted()).toEqual(itemFields.toSorted())
})
