import { expect, test } from 'vitest'
import { defaultBlend } from '../rank/blend.ts'
import { isLayerWorse, withoutLayer } from './evaluate-candidate.ts'
import type { NeuralBlend } from './model.ts'

const metrics = (ndcg: number, n = 100) => ({ hr: 0.3, mrr: 0.2, ndcg, n })

test('a hidden layer goes where linear weights alone rank the test queries better, and stays where nothing was judged', () => {
  expect(isLayerWorse(metrics(0.1), metrics(0.11))).toBe(true)
  expect(isLayerWorse(metrics(0.11), metrics(0.1))).toBe(false)
  expect(isLayerWorse(metrics(0.1), metrics(0.1))).toBe(false)
  expect(isLayerWorse(metrics(0), metrics(0, 0))).toBe(false)
})

test('a blend without its hidden layer keeps the linear weights and what serves lists that repeat', () => {
  const neural: NeuralBlend = { input: new Float32Array(1), bias: new Float32Array(1), output: new Float32Array(1) }
  const inSession = new Float32Array([1])
  const linear = { atStart: null, inSession, neural }
  const left = withoutLayer({ ...defaultBlend, linear, repeat: linear })
  expect(left).toEqual({ ...defaultBlend, linear: { ...linear, neural: null }, repeat: linear })
  expect(withoutLayer(left)).toBe(left)
  expect(withoutLayer(null)).toBeNull()
})
