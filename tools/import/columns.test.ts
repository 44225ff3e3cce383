import { expect, test } from 'vitest'
import { eventColumns } from './columns.ts'

const names = ['type', 'Event_Type', 'event', 'action', 'behavior', 'behaviour']

test.each(names)('%s is recognized as the type of an event', (name) => {
  const header = ['user', 'item', name, 'timestamp']
  expect(eventColumns(header, new Map(), { type: false, now: false })).toMatchObject({ type: name })
})
