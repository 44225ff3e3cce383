import { expect, test } from 'vitest'
import { bundle } from '../../../test/support/bundle.ts'

/** Gzip, bytes, without the client. */
const budget = 3_200

test('the element stays within its budget', async () => {
  const { entry, modules } = await bundle(`import '@pickstream/element/define'`, ['@pickstream/client'])
  expect(entry).toBeLessThan(budget)
  expect(modules.every((path) => path.startsWith('packages/element/') || path === 'page.js')).toBe(true)
})

test('who does not define it loads nothing of it', async () => {
  const { modules } = await bundle(`import '@pickstream/element'`, ['@pickstream/client'])
  expect(modules.filter((path) => path.includes('packages/element'))).toEqual([])
})
