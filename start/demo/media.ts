import { seededRandom } from '../../engine/math/random.ts'
import type { ItemRecord } from '../../schema/records/item.ts'
import { type Genre, genres, places } from './genres.ts'
import { weighted } from './weighted.ts'
import type { DemoWorld, VisitorAction } from './world.ts'

/** A film or an article with the properties on which simulated viewers base their choice. */
export interface Title {
  readonly record: ItemRecord
  readonly genre: Genre
  readonly minutes: number
  /** 1 is the most popular of its genre. */
  readonly rank: number
}

/** One simulated viewer. */
export interface Viewer {
  readonly userId: string
  /** Preference per genre; most genres are absent. */
  readonly tastes: ReadonlyMap<string, number>
  /** Relative number of visits. */
  readonly activity: number
  /** Probability of finishing a title, 0 to 1. */
  readonly patience: number
}

const titlesPerGenre = 50
const viewerCount = 250
const dayMs = 86_400_000
const minutesOf = { film: [78, 160], article: [3, 22] } as const

/** About 600 generated films and articles, and their viewers. Deterministic for a seed and a time. */
export function mediaWorld(seed: number, openedAt: number): DemoWorld {
  const titles = generateTitles(seed, openedAt)
  const viewers = generateViewers(seed)
  const byGenre = new Map(genres.map(({ name }) => [name, titles.filter(({ genre }) => genre.name === name)]))
  return {
    name: 'media',
    items: titles.map(({ record }) => record),
    pastEvents: 15_000,
    visit: (random) =>
      visit(
        weighted(viewers, ({ activity }) => activity, random),
        byGenre,
        random,
      ),
  }
}

export function generateTitles(seed: number, openedAt: number): readonly Title[] {
  const random = seededRandom(seed)
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
  const known = new Set<string>()
  const titleOf = ({ patterns, adjectives, nouns }: Genre): string => {
    for (;;) {
      const words = { a: one(adjectives), n: one(nouns), p: one(places) }
      const title = one(patterns).replace(/\{([anp])\}/g, (_, part: 'a' | 'n' | 'p') => words[part])
      if (!known.has(title)) return title
    }
  }
  return genres.flatMap((genre) =>
    Array.from({ length: titlesPerGenre }, (_, n): Title => {
      const title = titleOf(genre)
      known.add(title)
      const [least, most] = minutesOf[genre.kind]
      const minutes = Math.round(least + (most - least) * random())
      const ageDays = random() < 0.06 ? 6 * random() : 10 + 700 * random()
      return { genre, minutes, rank: n + 1, record: toRecord({ genre, title, minutes, n, openedAt, ageDays }) }
    }),
  )
}

interface NewTitle {
  readonly genre: Genre
  readonly title: string
  readonly minutes: number
  readonly n: number
  readonly openedAt: number
  readonly ageDays: number
}

function toRecord({ genre: { kind, name }, title, minutes, n, openedAt, ageDays }: NewTitle): ItemRecord {
  const about = kind === 'film' ? `A film of ${minutes} minutes.` : `A read of ${minutes} minutes.`
  return {
    v: 1,
    id: `${kind}-${name.toLowerCase().replace(/ /g, '-')}-${String(n + 1).padStart(2, '0')}`,
    title,
    description: `${about} Made up for the demo.`,
    categories: [name],
    tags: [kind, 'demo'],
    available: true,
    publishedAt: new Date(openedAt - ageDays * dayMs).toISOString(),
    attributes: [
      { name: 'kind', text: kind },
      { name: 'minutes', number: minutes },
    ],
  }
}

export function generateViewers(seed: number): readonly Viewer[] {
  const random = seededRandom(seed)
  return Array.from({ length: viewerCount }, (_, n) => {
    const tastes = new Map<string, number>()
    const favorite = genres[Math.floor(random() * genres.length)]!
    tastes.set(favorite.name, 1)
    for (const name of favorite.near) tastes.set(name, 0.2 + 0.5 * random())
    const other = genres[Math.floor(random() * genres.length)]!
    if (!tastes.has(other.name)) tastes.set(other.name, 0.3)
    return {
      userId: `demo-viewer-${String(n + 1).padStart(3, '0')}`,
      tastes,
      activity: 1 / (1 + n * 0.05),
      patience: 0.3 + 0.5 * random(),
    }
  })
}

/** One visit: opens a few titles, and watches or reads some of them, not all to the end. */
function* visit(
  viewer: Viewer,
  byGenre: ReadonlyMap<string, readonly Title[]>,
  random: () => number,
): Generator<VisitorAction, void> {
  const { userId, tastes, patience } = viewer
  const looks = 2 + Math.floor(random() * 4)
  let pauseS = 5
  for (let look = 0; look < looks; look++) {
    const genre = weighted(tastes.keys(), (name) => tastes.get(name)!, random)
    const { record, minutes, rank } = weighted(byGenre.get(genre)!, (title) => 1 / title.rank ** 0.7, random)
    const itemId = record.id
    yield { userId, itemId, type: 'VIEW', pauseS: pauseS - Math.log(1 - random()) * 15 }
    pauseS = 5
    if (random() < 0.35) continue
    const finishes = random() < patience + 0.2 / rank
    const portion = finishes ? 1 : Math.round((0.05 + 0.75 * random()) * 100) / 100
    const seconds = Math.round(portion * minutes * 60)
    yield { userId, itemId, type: 'CONSUME', portion, seconds, pauseS: seconds }
    if (finishes && random() < 0.25) yield { userId, itemId, type: 'LIKE', pauseS: 5 }
  }
}
