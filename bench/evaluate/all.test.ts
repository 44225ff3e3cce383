import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { evaluateAll } from './all.ts'
import { judge, type Measured, qualityRows } from './quality-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'evaluate-all-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
for (const log of ['beauty', 'diginetica-stream']) mkdirSync(join(folder, log))

const rowOf = (name: string) => qualityRows.find((row) => row.name === name)!
const output = (names: readonly string[], value: number) => {
  const figures = Object.fromEntries(names.map((name) => [name, value]))
  return { rows: [{ name: 'pickstream', n: 10, figures, errors: figures }] }
}

class Text extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

async function evaluate(rows: string[] | null, sample: number | null, run: (args: readonly string[]) => unknown) {
  const out = new Text()
  const results = join(folder, 'results', 'all.json')
  const complete = await evaluateAll({ folder, rows, sample, results, out, run: async (args) => run(args) })
  return { complete, text: out.text }
}

test('an interrupted run goes on: what was measured by the same code and command is not measured again', async () => {
  const commands: string[] = []
  const broken = await evaluate(['beauty', 'stream-frozen'], 50, (args) => {
    commands.push(args.join(' '))
    if (args.includes('stream')) throw new Error('cut short')
    return output(['HR@10', 'NDCG@10'], 0.09)
  })
  expect(broken.complete).toBe(false)
  expect(broken.text).toContain('cut short')
  const again = await evaluate(['beauty', 'stream-frozen'], 50, (args) => {
    commands.push(args.join(' '))
    return output(['Recall@20', 'MRR@20'], 0.4)
  })
  expect(again.complete).toBe(true)
  const beauty = `--data ${join(folder, 'beauty')} --protocol leave-one-out`
  const stream = `--data ${join(folder, 'diginetica-stream')} --protocol stream --item-side frozen`
  const ofStream = `${stream} --queries 50 --periods 4,8,12,16`
  expect(commands).toEqual([ofStream, `${beauty} --queries 50`, ofStream])
  expect(again.text).toMatch(/beauty +│ HR@10 +│ 0\.0800 │ 0\.0900 \(0\.0900\) │ yes/)
  expect(again.text).toMatch(/stream-frozen +│ Recall@20 +│ 0\.4900 │ 0\.4000 \(0\.4000\) │ no, by 0\.0900/)
  await evaluate(['beauty'], null, (args) => {
    commands.push(args.join(' '))
    return output(['HR@10', 'NDCG@10'], 0.09)
  })
  expect(commands.slice(3)).toEqual([beauty])
})

test('a log that is not there makes the run incomplete, and a name that no row has is refused', async () => {
  const { complete, text } = await evaluate(['clicks'], null, () => expect.unreachable())
  expect(complete).toBe(false)
  expect(text).toContain('no such log')
  await expect(evaluate(['beatuy'], null, () => null)).rejects.toThrow('got beatuy')
})

test('a target is a number, another row or the best method of the same run', () => {
  const measured = (value: number, beside: Measured['beside'] = {}): Measured => {
    const names = ['Recall@20', 'MRR@20', 'Recall@10', 'NDCG@10', 'HR@10']
    const figures = Object.fromEntries(names.map((name) => [name, value]))
    return { n: 100, figures, errors: Object.fromEntries(names.map((name) => [name, 0.01])), beside }
  }
  const holds = (name: string, result: Measured, rows = new Map<string, Measured>()) =>
    judge(rowOf(name), result, rows).map((one) => [one.name, one.must, one.holds])
  expect(holds('beauty', measured(0.0479996))).toContainEqual(['NDCG@10', 0.048, 'yes'])
  expect(holds('beauty', measured(0.045))).toContainEqual([
    'NDCG@10',
    0.048,
    'no, by 0.0030, within the standard error',
  ])
  expect(holds('beauty', measured(0.03))).toContainEqual(['HR@10', 0.08, 'no, by 0.0500'])
  expect(holds('stream-live', measured(0.5))).toContainEqual(['MRR@20', null, ''])
  expect(holds('stream-live', measured(0.5), new Map([['stream-frozen', measured(0.45)]]))).toContainEqual([
    'MRR@20',
    0.45,
    'yes',
  ])
  const beside = { popular: { 'Recall@10': 0.1, 'NDCG@10': 0.3 }, own: { 'Recall@10': 0.25, 'NDCG@10': 0.1 } }
  expect(holds('next-basket', measured(0.2, beside)).slice(2, 4)).toEqual([
    ['Recall@10', 0.25, 'no, by 0.0500'],
    ['NDCG@10', 0.3, 'no, by 0.1000'],
  ])
})
