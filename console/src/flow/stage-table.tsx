import { count, latency, rate } from '../format.ts'
import type { Pipeline } from '../live.ts'
import { Panel, Scroller } from '../ui/panel.tsx'
import { edgesOf, stationsOf } from './topology.ts'

/** The same numbers in words: from an event's acceptance to the end of each stage. */
export function StageTable({ pipeline: { stages, members } }: { pipeline: Pipeline }) {
  const byName = new Map(stages.map((stage) => [stage.name, stage]))
  const inOrder = stationsOf([...byName.keys()], edgesOf(members)).flatMap((name) => byName.get(name) ?? [])
  return (
    <Panel title="Latency by stage" note="From an event's acceptance to the end of the stage.">
      <Scroller label="Latency by stage">
        <table>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col" className="number">
                p50
              </th>
              <th scope="col" className="number">
                p99
              </th>
              <th scope="col" className="number">
                Rate
              </th>
              <th scope="col" className="number">
                Lag
              </th>
              <th scope="col" className="number">
                Dead
              </th>
            </tr>
          </thead>
          <tbody>
            {inOrder.map((stage) => (
              <tr key={stage.name}>
                <th scope="row">{stage.name}</th>
                <td className="number">{latency(stage.p50Ms)}</td>
                <td className="number">{latency(stage.p99Ms)}</td>
                <td className="number">{rate(stage.processedPerSecond)}</td>
                <td className="number">{count(stage.lag)}</td>
                <td className="number">{count(stage.deadLetters)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  )
}
