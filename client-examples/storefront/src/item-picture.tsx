import type { CSSProperties } from 'react'
import { drawings, drawingsByWord } from './drawings.ts'
import css from './item-picture.module.css'

/**
 * A picture of an item, generated from its id and category without a download. The words of the id select the
 * drawing, the category the background, and a hash of the id all other properties. Deterministic.
 */
export function ItemPicture({ item }: { item: { readonly id: string; readonly categories: readonly string[] } }) {
  const hash = hashOf(item.id)
  const category = hashOf(item.categories[0] ?? '')
  const hues = {
    '--around': `${walls[(category >>> 23) % walls.length]}`,
    '--thing': `${palette[hash % palette.length]}`,
    '--second': `${palette[(hash >>> 4) % palette.length]}`,
  }
  return (
    <svg
      className={css.picture}
      viewBox="0 0 100 100"
      style={hues as CSSProperties}
      aria-hidden="true"
      focusable="false"
    >
      <rect className={css.wall} width="100" height="100" />
      <path className={css.behind} d={backdrops[(hash >>> 8) % backdrops.length]} />
      <ellipse className={css.shadow} cx="50" cy="83" rx="30" ry="3.5" />
      <g transform={(hash >>> 12) % 2 ? 'translate(100 0) scale(-1 1)' : undefined}>
        {shapesOf(item.id, category).map(([kind, shape]) =>
          shape[0] === '@' ? (
            <Dot key={shape} kind={kind} at={shape} />
          ) : (
            <path key={shape} className={css[kind]} d={shape} />
          ),
        )}
      </g>
    </svg>
  )
}

/** Hues that match in any combination of foreground and background. */
export const walls = [186, 350, 44, 310, 232, 120, 165, 14, 206, 262, 56, 28]
export const palette = [8, 24, 38, 50, 150, 172, 200, 222, 262, 338]

export const backdrops = [
  'M50 12a36 36 0 1 1 0 72a36 36 0 0 1 0-72Z',
  'M18 84V48a32 32 0 0 1 64 0v36Z',
  'M0 70c18-14 34-12 50-4s34 8 50-6v40H0Z',
  'M0 84V40L30 18l26 26 18-14 26 24v30Z',
  'M50 8 90 48 50 88 10 48Z',
  'M12 22h76v52H12Z',
]

/** Shapes with their style: `a`, `b`, `c`: main color, darker, lighter; `d`: second color; `s`: a line. */
function shapesOf(id: string, category: number): (readonly [string, string])[] {
  const word = drawingsByWord.find(([words]) => words.test(id))?.[1]
  const names = Object.keys(drawings)
  return drawings[word ?? names[category % names.length]].split('|').map((part) => [part[0], part.slice(2)] as const)
}

function Dot({ kind, at }: { kind: string; at: string }) {
  const [cx, cy, r] = at.slice(1).split(' ')
  return <circle className={css[kind]} cx={cx} cy={cy} r={r} />
}

/** FNV-1a with a final mix, so that ids that differ in one digit have different pictures. */
export function hashOf(text: string): number {
  let hash = 2166136261
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619)
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507)
  return (hash ^ (hash >>> 13)) >>> 0
}
