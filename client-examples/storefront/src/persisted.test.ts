import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { storageWith } from '../../../packages/client/test/storage.ts'
import { persisted } from './persisted.ts'

beforeEach(() => void vi.stubGlobal('addEventListener', () => {}))
afterEach(() => vi.unstubAllGlobals())

test('a value is kept over a reload', () => {
  vi.stubGlobal('localStorage', storageWith())
  persisted('name', () => 'first').set('second')
  expect(persisted('name', () => 'first').get()).toBe('second')
})

test('what cannot be read is replaced', () => {
  vi.stubGlobal('localStorage', storageWith({ name: '{oops' }))
  expect(persisted('name', () => 'first').get()).toBe('first')
  expect(localStorage.getItem('name')).toBe('"first"')
})

test('without a storage the page works, and forgets', () => {
  const denied = () => {
    throw new Error('denied')
  }
  vi.stubGlobal('localStorage', { getItem: denied, setItem: denied })
  const store = persisted('name', () => 'first')
  store.set('second')
  expect(store.get()).toBe('second')
})
