import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ALS_WASM } from './als-wasm.ts'
import { DOT_WASM } from './dot-wasm.ts'
import { RIDGE_WASM } from './ridge-wasm.ts'
import { SCORE_WASM } from './score-wasm.ts'
import { SUMS_WASM } from './sums-wasm.ts'

test.each([
  ['als.wat', ALS_WASM],
  ['dot.wat', DOT_WASM],
  ['ridge.wat', RIDGE_WASM],
  ['score.wat', SCORE_WASM],
  ['sums.wat', SUMS_WASM],
])('the bytes of %s are what the source compiles to', async (source, bytes) => {
  // Through createRequire: its types are not meant for this module resolution.
  const { default: binaryen } = await import(createRequire(import.meta.url).resolve('binaryen'))
  const module = binaryen.parseText(readFileSync(fileURLToPath(new URL(source, import.meta.url)), 'utf8'))
  module.setFeatures(binaryen.Features.SIMD128)
  expect(module.validate()).toBe(1)
  // Engines do not inline small functions of their own accord.
  binaryen.setOptimizeLevel(3)
  binaryen.setShrinkLevel(0)
  binaryen.setAlwaysInlineMaxSize(400)
  module.optimize()
  expect(Buffer.from(module.emitBinary()).toString('base64')).toBe(bytes)
})
