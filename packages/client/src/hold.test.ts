import { expect, test } from 'vitest'
import { observeHold } from './hold.ts'

test('an element that is left while it is held is released', () => {
  const element = new EventTarget()
  const changes: boolean[] = []
  const stop = observeHold(element as HTMLElement, (held) => changes.push(held))
  element.dispatchEvent(new Event('pointerenter'))
  expect(changes).toEqual([true])
  stop()
  expect(changes).toEqual([true, false])
  element.dispatchEvent(new Event('pointerenter'))
  expect(changes).toEqual([true, false])
})
