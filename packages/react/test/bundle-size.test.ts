import { expect, test } from 'vitest'
import { bundle } from '../../../test/support/bundle.ts'

/** Gzip, bytes, without React and the client. */
const budget = 1_800

test('the hooks stay within their budget', async () => {
  const { entry, modules } = await bundle(`export * from '@pickstream/react'`, ['react', '@pickstream/client'])
  expect(entry).toBeLessThan(budget)
  expect(modules.every((path) => path.startsWith('packages/react/') || path === 'page.js')).toBe(true)
})
