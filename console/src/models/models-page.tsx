import { useState } from 'react'
import { useMutation } from 'urql'
import { sayError } from '../client.ts'
import { count, percent, when } from '../format.ts'
import {
  ModelsDocument,
  type ModelsQuery,
  RefreshDocument,
  RetrainDocument,
  RollBackDocument,
} from '../generated/graphql.ts'
import { Empty, Outcome, Panel, Problem, Scroller, Tag, Waiting } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import { QualityPanel } from './quality-panel.tsx'

type Version = ModelsQuery['models'][number]

interface Said {
  readonly text: string
  readonly bad: boolean
}

/** The models that are kept, how each did on the past, and how the lists do on live traffic. */
export function ModelsPage() {
  const { data, error, askAgain } = useFreshQuery({ query: ModelsDocument }, 5_000)
  const [retraining, retrain] = useMutation(RetrainDocument)
  const [rollingBack, rollBack] = useMutation(RollBackDocument)
  const [refreshing, refresh] = useMutation(RefreshDocument)
  const [said, setSaid] = useState<Said>()
  const busy = retraining.fetching || rollingBack.fetching || refreshing.fetching

  const order = async (what: Promise<Said>) => {
    setSaid(undefined)
    setSaid(await what)
    askAgain()
  }
  const doRetrain = async (): Promise<Said> => {
    const { data: answer, error: failure } = await retrain({})
    if (failure) return { text: sayError(failure), bad: true }
    const { published, reason, model } = answer!.retrain
    return published
      ? { text: `Version ${model.version} serves everywhere.`, bad: false }
      : { text: `Nothing was published: ${reason}`, bad: true }
  }
  const doRollBack = async (version: number): Promise<Said> => {
    const { data: answer, error: failure } = await rollBack({ version })
    if (failure) return { text: sayError(failure), bad: true }
    const { done, reason } = answer!.rollBackModel
    return { text: done ? `Version ${version} serves again.` : `Not done: ${reason}`, bad: !done }
  }
  const doRefresh = async (): Promise<Said> => {
    const { data: answer, error: failure } = await refresh({})
    if (failure) return { text: sayError(failure), bad: true }
    const { done, reason } = answer!.refreshRecommendations
    return { text: done ? 'The list of every known user is being made afresh.' : `Not done: ${reason}`, bad: !done }
  }

  return (
    <>
      <Panel
        title="Models"
        note="Validation is test-then-learn on the newest past; a candidate that is worse than what serves is not published."
        tools={
          <>
            <button type="button" disabled={busy} onClick={() => void order(doRefresh())}>
              Make all lists afresh
            </button>
            <button type="button" className="main" disabled={busy} onClick={() => void order(doRetrain())}>
              {retraining.fetching ? 'Training …' : 'Retrain'}
            </button>
          </>
        }
      >
        <Outcome bad={said?.bad}>{busy ? 'Working …' : said?.text}</Outcome>
        {error && <Problem error={error} again={askAgain} />}
        {!data && !error && <Waiting />}
        {data?.models.length === 0 && (
          <Empty>
            No model yet: lists are made of what trends and of what goes together. Retrain to make the first.
          </Empty>
        )}
        {data && data.models.length > 0 && (
          <ModelsTable models={data.models} busy={busy} rollBack={(version) => void order(doRollBack(version))} />
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
    <Scroller label="Models">
      <table>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Trained</th>
            {['Users', 'Items', 'Events', 'Hit rate', 'MRR', 'NDCG', 'Judged by'].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
            <th scope="col">
              <span className="unseen">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {models.map(({ version, serving, trainedAt, users, items, events, validation }) => (
            <tr key={version}>
              <th scope="row">
                {version} {serving && <Tag kind="good">serves</Tag>}
              </th>
              <td className="short">{when(trainedAt)}</td>
              <td className="number">{count(users)}</td>
              <td className="number">{count(items)}</td>
              <td className="number">{count(events)}</td>
              <td className="number">{validation ? percent(validation.hr) : '–'}</td>
              <td className="number">{validation?.mrr.toFixed(3) ?? '–'}</td>
              <td className="number">{validation?.ndcg.toFixed(3) ?? '–'}</td>
              <td className="number">{validation ? `${count(validation.n)} events` : '–'}</td>
              <td className="number">
                {!serving && (
                  <button type="button" disabled={busy} onClick={() => rollBack(version)}>
                    Roll back to {version}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
