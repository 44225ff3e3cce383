import { expect, test } from 'vitest'
import { defaultBlend } from '../rank/blend.ts'
import { blendsOf, isLayerWorse } from './evaluate-candidate.ts'
import type { NeuralBlend } from './model.ts'

const metrics = (ndcg: number, n = 100) => ({ hr: 0.3, mrr: 0.2, ndcg, n })

test('a hidden layer goes where linear weights alone rank the test queries better, and stays where nothing was judged', () => {
  expect(isLayerWorse(metrics(0.1), metrics(0.11))).toBe(true)
  expect(isLayerWorse(metrics(0.11), metrics(0.1))).toBe(false)
  expect(isLayerWorse(metrics(0.1), metrics(0.1))).toBe(false)
  expect(isLayerWorse(metrics(0), metrics(0, 0))).toBe(false)
})

test('a blend that serves without a hidden layer has linear weights of its own, and the same for lists that repeat', () => {
  const neural: NeuralBlend = { input: new Float32Array(1), bias: new Float32Array(1), output: new Float32Array(1) }
  const alone = { atStart: null, inSession: new Float32Array([1]), neural: null }
  const layered = { atStart: null, inSession: new Float32Array([2]), neural }
  const { linear, best } = blendsOf({ linear: alone, best: layered }, layered)
  expect(linear).toEqual({ ...defaultBlend, linear: alone, repeat: layered })
  expect(best).toEqual({ ...defaultBlend, linear: layered, repeat: layered })
  expect(blendsOf({ linear: null, best: null }, null).best).toEqual(defaultBlend)
})
