import { type Figure, figureAlone, figureOf } from '../harness/figure.ts'
import { interleave } from '../harness/interleave.ts'
import { findPython } from '../harness/python.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { openPairSelection } from './equal-pairs.ts'
import { measurePerEvent } from './per-event.ts'
import { openEngineScan, openNumpyScan, openPlainScan } from './scan.ts'

/** The exact scan, compared with numpy, and the cost of one event in the stages that compute. */
export async function engineBench(surroundings: Surroundings): Promise<Figure[]> {
  const { quick, say, onEnd } = surroundings
  const scanning = { items: 100_000, dimensions: 64, users: quick ? 20 : 100 }
  const numpy = await openNumpyScan(await findPython(['numpy'], surroundings), scanning)
  if (numpy) onEnd(() => numpy.close())
  else say('there is no numpy: plain JavaScript is the reference')
  const engine = openEngineScan(scanning)
  const reference = numpy ? () => numpy.run() : openPlainScan(numpy ? scanning : { ...scanning, users: 5 })
  for (let n = 0; n < 3; n++) engine()
  await reference()
  const rounds = await interleave(quick ? 5 : 11, engine, reference)
  const note = numpy
    ? 'The reference is numpy float32: matrix-vector product, argpartition and a sort of the 100, one thread.'
    : 'There was no numpy: the reference is plain JavaScript, and the must is not judged.'
  const must = { of: 'ratio', atLeast: 1 } as const
  const figures = [
    figureOf({ name: 'exact top 100 of 100,000 × 64', unit: 'users/s', note, ...(numpy && { must }) }, rounds),
  ]
  const pairs = quick ? 100_000 : 1_000_000
  say(`${pairs} equal pairs of one item`)
  const pairRounds = await interleave(
    quick ? 3 : 5,
    openPairSelection({ pairs, areEqual: true }),
    openPairSelection({ pairs, areEqual: false }),
  )
  figures.push(
    figureOf(
      {
        name: `strongest of ${pairs.toLocaleString('en')} equal pairs`,
        unit: 'pairs/s',
        note: 'The reference is as many pairs of one item, each of another strength.',
        must: { of: 'ratio', atLeast: 0.2 },
      },
      pairRounds,
    ),
  )
  for (const items of quick ? [1_000] : [1_000, 20_000, 100_000]) {
    say(`embed and recommend at ${items} items`)
    const cost = measurePerEvent({ users: 10_000, items }, quick ? 10_000 : 40_000, quick ? 500 : 2_000)
    const scan = openPlainScan({ items, dimensions: 64, users: 5 })
    scan() // warm up until it is compiled
    figures.push(
      figureOf(
        {
          name: `embed and recommend, ${items.toLocaleString('en')} items`,
          unit: 'µs an event',
          note: 'The reference of embed and recommend is the scan of as many items × 64 for one user alone, in plain JavaScript.',
          ...(items in microsMost && { must: { of: 'value', atMost: microsMost[items]! } as const }),
        },
        [{ value: cost.embed + cost.recommend, reference: 1e6 / scan() }],
      ),
      figureAlone({ name: `embed, ${items.toLocaleString('en')} items`, unit: 'µs an event' }, [cost.embed]),
      figureAlone({ name: `recommend, ${items.toLocaleString('en')} items`, unit: 'µs a list' }, [cost.recommend]),
    )
  }
  return figures
}

/** Microseconds of one core for one event, by number of items. */
const microsMost: Readonly<Record<number, number>> = { 20000: 1_000, 100000: 2_500 }
