import { count, latency, rate } from '../format.ts'
import type { Pipeline, Stage } from '../live.ts'
import { Panel } from '../ui/panel.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { edgesOf, stationsOf } from './topology.ts'

const columns: readonly Column<Stage>[] = [
  { title: 'Stage', kind: 'name', cell: ({ name }) => name },
  { title: 'p50', kind: 'number', cell: ({ p50Ms }) => latency(p50Ms) },
  { title: 'p99', kind: 'number', cell: ({ p99Ms }) => latency(p99Ms) },
  { title: 'Rate', kind: 'number', cell: ({ processedPerSecond }) => rate(processedPerSecond) },
  { title: 'Lag', kind: 'number', cell: ({ lag }) => count(lag) },
  { title: 'Dead', kind: 'number', cell: ({ deadLetters }) => count(deadLetters) },
]

/** The same numbers as a table: from an event's acceptance to the end of each stage. */
export function StageTable({ pipeline: { stages, members } }: { pipeline: Pipeline }) {
  const byName = new Map(stages.map((stage) => [stage.name, stage]))
  const inOrder = stationsOf([...byName.keys()], edgesOf(members)).flatMap((name) => byName.get(name) ?? [])
  return (
    <Panel title="Latency by stage" note="From an event's acceptance to the end of the stage.">
      <Table label="Latency by stage" rows={inOrder} keyOf={({ name }) => name} columns={columns} />
    </Panel>
  )
}
