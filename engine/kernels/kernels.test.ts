import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { alsWasm } from './als-wasm.ts'
import { dotWasm } from './dot-wasm.ts'
import { ridgeWasm } from './ridge-wasm.ts'
import { scoreWasm } from './score-wasm.ts'
import { sumsWasm } from './sums-wasm.ts'

test.each([
  ['als.wat', alsWasm],
  ['dot.wat', dotWasm],
  ['ridge.wat', ridgeWasm],
  ['score.wat', scoreWasm],
  ['sums.wat', sumsWasm],
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
