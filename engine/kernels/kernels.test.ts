import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { compileKernel } from './testing/compile-kernel.ts'

const sources = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.wat'))

test.each(sources)('the bytes of %s are what the source compiles to (npm run kernels)', async (source) => {
  const name = source.slice(0, -'.wat'.length)
  const module: Record<string, string> = await import(`./${name}-wasm.ts`)
  const text = readFileSync(new URL(source, import.meta.url), 'utf8')
  expect(module[`${name}Wasm`]).toBe(await compileKernel(text, createRequire(import.meta.url)))
})

test('there are kernels', () => {
  expect(sources.length).toBeGreaterThanOrEqual(6)
})
