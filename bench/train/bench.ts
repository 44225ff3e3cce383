import { type Figure, figureAlone, figureOf } from '../harness/figure.ts'
import { findPython } from '../harness/python.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { Shop, trainingLogOf } from '../harness/shop.ts'
import { type Fitted, fitByEngine, taskOf } from './factors.ts'
import { fitByImplicit, writeTask } from './implicit.ts'

/** Matrix factorization of the same data, with the same factors, rounds and one thread, beside implicit. */
export async function trainBench(surroundings: Surroundings): Promise<Figure[]> {
  const { quick, say, folder } = surroundings
  const shop = quick ? new Shop({ users: 2_000, items: 1_000 }) : new Shop({ users: 10_000, items: 5_000 })
  const events = quick ? 20_000 : 200_000
  const task = taskOf(trainingLogOf(shop.events(events, 1_700_000_000_000), shop.items))
  const setting = { dimensions: 64, rounds: 8, alpha: 10, regularization: 1 }
  const python = await findPython(['implicit'], surroundings)
  const file = writeTask(task, setting, await folder())
  say('fitting')
  const other = fitByImplicit(python, file)
  const rounds = quick ? 2 : 5
  const ours: Fitted[] = []
  const theirs = other ? [other] : []
  for (let round = 0; round < rounds; round++) {
    ours.push(fitByEngine(task, setting))
    const again = other && round + 1 < rounds ? fitByImplicit(python, file) : null
    if (again) theirs.push(again)
  }
  const seconds = { name: `${setting.dimensions} factors, ${setting.rounds} rounds, ${events} events`, unit: 's' }
  if (theirs.length < ours.length) {
    const note = 'implicit could not be installed here: no reference.'
    return [
      figureAlone(
        { ...seconds, note },
        ours.map((fitted) => fitted.seconds),
      ),
      figureAlone(
        { name: 'NDCG@20, one touch held out', unit: '' },
        ours.map(({ ndcg }) => ndcg),
      ),
    ]
  }
  const pairs = (of: 'seconds' | 'ndcg') => ours.map((fitted, n) => ({ value: fitted[of], reference: theirs[n]![of] }))
  const note = 'The reference is implicit (PyPI), AlternatingLeastSquares, num_threads 1: same matrix, factors, rounds.'
  return [
    figureOf({ ...seconds, must: { of: 'ratio', atMost: 2 }, note }, pairs('seconds')),
    figureOf({ name: 'NDCG@20, one touch held out', unit: '', must: { of: 'ratio', atLeast: 0.98 } }, pairs('ndcg')),
  ]
}
