import { measurePerEvent } from '../engine/per-event.ts'
import { type Figure, figureAlone, figureOf } from '../harness/figure.ts'
import type { Surroundings } from '../harness/scratch.ts'

const base = { users: 1_000, items: 1_000, pastEvents: 5_000 }

/** What an event and a list cost at 1, 10 and 100 times the users and items, beside the smallest shop. */
export async function growthBench({ quick, say }: Surroundings): Promise<Figure[]> {
  const measured = quick ? 300 : 2_000
  const cost = (factor: number) => {
    say(`${factor} ×: ${base.items * factor} items`)
    const options = { users: base.users * factor, items: base.items * factor }
    return measurePerEvent(options, Math.min(100_000, base.pastEvents * factor), measured)
  }
  const first = cost(1)
  const note = 'The reference is the shop of 1,000 users and 1,000 items; events of the past grow alike, up to 100,000.'
  const figures: Figure[] = [
    figureAlone({ name: 'embed, 1 ×', unit: 'µs an event' }, [first.embed]),
    figureAlone({ name: 'recommend, 1 ×', unit: 'µs a list' }, [first.recommend]),
  ]
  for (const factor of quick ? [10] : [10, 100]) {
    const { embed, recommend } = cost(factor)
    figures.push(
      figureOf({ name: `embed, ${factor} ×`, unit: 'µs an event', note }, [{ value: embed, reference: first.embed }]),
      figureOf({ name: `recommend, ${factor} ×`, unit: 'µs a list' }, [
        { value: recommend, reference: first.recommend },
      ]),
    )
  }
  return figures
}
