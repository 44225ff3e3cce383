import { useState } from 'react'
import { type OperationResult, useMutation } from 'urql'
import { sayError } from '../client.ts'
import { count, percent, when } from '../format.ts'
import {
  ModelsDocument,
  type ModelsQuery,
  RefreshDocument,
  RetrainDocument,
  RollBackDocument,
} from '../generated/graphql.ts'
import { Empty, Outcome, Panel, Pending, Tag } from '../ui/panel.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import { QualityPanel } from './quality-panel.tsx'

type Version = ModelsQuery['models'][number]

interface Said {
  readonly text: string
  readonly bad: boolean
}

/** The stored models with their validation, and the quality of the lists on live traffic. */
export function ModelsPage() {
  const asked = useFreshQuery({ query: ModelsDocument }, 5_000)
  const { data, askAgain } = asked
  const [retraining, retrain] = useMutation(RetrainDocument)
  const [rollingBack, rollBack] = useMutation(RollBackDocument)
  const [refreshing, refresh] = useMutation(RefreshDocument)
  const [said, setSaid] = useState<Said>()
  const busy = retraining.fetching || rollingBack.fetching || refreshing.fetching

  /** Runs a command and shows its result. */
  const order = async <Data,>(command: Promise<OperationResult<Data>>, describe: (answer: Data) => Said) => {
    setSaid(undefined)
    const { data: answer, error } = await command
    setSaid(error ? { text: sayError(error), bad: true } : describe(answer!))
    askAgain()
  }
  const doRetrain = () =>
    order(retrain({}), ({ retrain: { published, reason, model } }) => ({
      text: published ? `Version ${model.version} serves everywhere.` : `Nothing was published: ${reason}`,
      bad: !published,
    }))
  const doRollBack = (version: number) =>
    order(rollBack({ version }), ({ rollBackModel: { done, reason } }) => ({
      text: done ? `Version ${version} serves again.` : `Not done: ${reason}`,
      bad: !done,
    }))
  const doRefresh = () =>
    order(refresh({}), ({ refreshRecommendations: { done, reason } }) => ({
      text: done ? 'The lists of all users are being refreshed.' : `Not done: ${reason}`,
      bad: !done,
    }))

  return (
    <>
      <Panel
        title="Models"
        note="Validation is test-then-learn on the newest events; a candidate that is worse than the serving model is not published."
        tools={
          <>
            <button type="button" disabled={busy} onClick={() => void doRefresh()}>
              Refresh all lists
            </button>
            <button type="button" className="main" disabled={busy} onClick={() => void doRetrain()}>
              {retraining.fetching ? 'Training …' : 'Retrain'}
            </button>
          </>
        }
      >
        <Outcome bad={said?.bad}>{busy ? 'Working …' : said?.text}</Outcome>
        <Pending of={asked} />
        {data?.models.length === 0 && (
          <Empty>No model yet: lists use trends and co-occurrence. Retrain to publish the first model.</Empty>
        )}
        {data && data.models.length > 0 && (
          <ModelsTable models={data.models} busy={busy} rollBack={(version) => void doRollBack(version)} />
        )}
      </Panel>
      <QualityPanel />
    </>
  )
}

interface TableProps {
  readonly models: readonly Version[]
  readonly busy: boolean
  readonly rollBack: (version: number) => void
}

function ModelsTable({ models, busy, rollBack }: TableProps) {
  return (
    <Table
      label="Models"
      rows={models}
      keyOf={({ version }) => version}
      columns={[
        ...figures,
        {
          title: <span className="unseen">Action</span>,
          kind: 'number',
          cell: ({ serving, version }) =>
            !serving && (
              <button type="button" disabled={busy} onClick={() => rollBack(version)}>
                Roll back to {version}
              </button>
            ),
        },
      ]}
    />
  )
}

const figures: readonly Column<Version>[] = [
  {
    title: 'Version',
    kind: 'name',
    cell: ({ version, serving }) => (
      <>
        {version} {serving && <Tag kind="good">serves</Tag>}
      </>
    ),
  },
  { title: 'Trained', cell: ({ trainedAt }) => <span className="short">{when(trainedAt)}</span> },
  { title: 'Users', kind: 'number', cell: ({ users }) => count(users) },
  { title: 'Items', kind: 'number', cell: ({ items }) => count(items) },
  { title: 'Events', kind: 'number', cell: ({ events }) => count(events) },
  { title: 'Hit rate', kind: 'number', cell: ({ validation }) => (validation ? percent(validation.hr) : '–') },
  { title: 'MRR', kind: 'number', cell: ({ validation }) => validation?.mrr.toFixed(3) ?? '–' },
  { title: 'NDCG', kind: 'number', cell: ({ validation }) => validation?.ndcg.toFixed(3) ?? '–' },
  {
    title: 'Judged by',
    kind: 'number',
    cell: ({ validation }) => (validation ? `${count(validation.n)} events` : '–'),
  },
]
