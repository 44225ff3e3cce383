import { useMemo } from 'react'
import { frozenStore, type Live } from '../live.ts'
import { useStore } from '../use-store.ts'
import { End, StageCard } from './stage-card.tsx'
import css from './topology.module.css'
import { boxOf, depthOf, draw, edgesOf, type Size, wayOut } from './topology.ts'

const size: Size = {
  node: { width: 198, height: 132 },
  end: { width: 112, height: 56 },
  betweenRanks: 28,
}

/** The stages in the order of the flow: a picture on wide screens, else a list. */
export function TopologyPicture({ live, subscribers }: { live: Live; subscribers: number }) {
  const frozen = useStore(frozenStore)
  const { stages: reported = [], members = [] } = live.now ?? {}
  const edges = edgesOf(members)
  // Every report has new arrays; the layout depends only on their contents.
  const drawing = JSON.stringify([reported.map(({ name }) => name), edges, size] satisfies Parameters<typeof draw>)
  const picture = useMemo(() => draw(...(JSON.parse(drawing) as Parameters<typeof draw>)), [drawing])
  const purposes = new Map(members.map(({ name, purpose }) => [name, purpose]))
  const stages = new Map(reported.map((stage) => [stage.name, stage]))
  const station = (name: string) => {
    const stage = stages.get(name)
    if (stage) return <StageCard stage={stage} purpose={purposes.get(name)} samples={live.samples} />
    return <End name={name} note={name === wayOut ? `${subscribers} open` : 'events and items'} />
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={css.room} data-frozen={frozen || undefined} aria-label="Topology" tabIndex={0}>
      <div className={css.picture} style={{ width: picture.width, height: picture.height }}>
        <svg viewBox={`0 0 ${picture.width} ${picture.height}`} aria-hidden="true">
          {picture.edges.map(({ from, to, path }) => (
            <g key={`${from} ${to}`}>
              <path d={path} className={css.edge} />
              {(stages.get(to) ?? stages.get(from))!.processedPerSecond > 0 && from !== 'train' && (
                <path
                  d={path}
                  className={css.flow}
                  style={{ animationDuration: pace((stages.get(to) ?? stages.get(from))!.processedPerSecond) }}
                />
              )}
            </g>
          ))}
        </svg>
        <ul aria-label="Stages, in the order of the flow">
          {picture.nodes.map(({ name, x, y }) => {
            const { width, height } = boxOf(name, size)
            return (
              <li
                key={name}
                className={css.place}
                data-depth={depthOf(name, edges)}
                style={{ left: x - width / 2, top: y - height / 2, width, height }}
              >
                {station(name)}
              </li>
            )
          })}
        </ul>
      </div>
    </section>
  )
}

/** Busier stages flow faster; in few steps, so that the dashes do not jump every second. */
function pace(perSecond: number): string {
  if (perSecond >= 200) return '0.5s'
  if (perSecond >= 20) return '1s'
  return perSecond >= 2 ? '2s' : '4s'
}
