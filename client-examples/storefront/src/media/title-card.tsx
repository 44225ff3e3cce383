import type { CSSProperties } from 'react'
import type { ItemCardFragment } from '../generated/graphql.ts'
import { backdrops, hashOf, palette, walls } from '../item-picture.tsx'
import { Link, paths } from '../router.tsx'
import { record } from '../shopper.ts'
import css from './media.module.css'
import { usePortion } from './progress.ts'

interface Props {
  readonly item: ItemCardFragment
  readonly recommendationId?: string
  readonly position?: number
}

/** One film or article of a row, with how much of it the visitor has seen. */
export function TitleCard({ item, recommendationId, position }: Props) {
  const portion = usePortion(item.id)
  return (
    <article className={css.card}>
      <Still item={item} />
      <Progress portion={portion} />
      <h3>
        <Link
          href={paths.item(item.id)}
          onClick={() => record('CLICK', item.id, { ...(recommendationId && { recommendationId, position }) })}
        >
          {item.title}
        </Link>
      </h3>
      <p>{item.categories.join(', ')}</p>
    </article>
  )
}

export function Progress({ portion }: { portion: number }) {
  if (portion === 0) return null
  const percent = Math.round(portion * 100)
  return (
    <div
      className={css.progress}
      role="progressbar"
      aria-label="Seen"
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  )
}

/** A picture drawn from the id alone, with a sign for a film or an article. */
export function Still({ item }: { item: Pick<ItemCardFragment, 'id' | 'categories'> }) {
  const hash = hashOf(item.id)
  const hues = {
    '--around': `${walls[(hashOf(item.categories[0] ?? '') >>> 23) % walls.length]}`,
    '--thing': `${palette[hash % palette.length]}`,
  }
  const sign = item.id.startsWith('film') ? 'M72 42v16l14-8Z' : 'M68 42h20M68 50h20M68 58h12'
  return (
    <svg className={css.still} viewBox="0 0 160 100" style={hues as CSSProperties} aria-hidden="true" focusable="false">
      <rect className={css.wall} width="160" height="100" />
      <g transform={`translate(${(hash >>> 4) % 70} 6)`}>
        <path className={css.shape} d={backdrops[(hash >>> 8) % backdrops.length]} />
      </g>
      <circle className={css.light} cx={20 + ((hash >>> 16) % 120)} cy={18 + ((hash >>> 12) % 30)} r={6 + (hash % 9)} />
      <path className={item.id.startsWith('film') ? css.play : css.lines} d={sign} />
    </svg>
  )
}
