import { useState } from 'react'
import { useMutation } from 'urql'
import { sayError } from '../client.ts'
import { when } from '../format.ts'
import { DeadLettersDocument, type DeadLettersQuery, ReplayDocument } from '../generated/graphql.ts'
import { Empty, Outcome, Panel, Pending, Tag } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import css from './dead.module.css'

type Letter = DeadLettersQuery['deadLetters'][number]

const perPage = 20

/** Records that a stage could not process: the reason, the value, and a button that replays them. */
export function DeadLettersPage() {
  const [before, setBefore] = useState<string | null>(null)
  const { data, error, askAgain } = useFreshQuery({ query: DeadLettersDocument, variables: { before } }, 5_000)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [replaying, replay] = useMutation(ReplayDocument)
  const letters = data?.deadLetters ?? []
  const ids = letters.filter(isFromOutside).map(({ id }) => id)
  const selected = ids.filter((id) => chosen.has(id))

  const replayThem = async (these: readonly string[]) => {
    const { error: failure } = await replay({ ids: [...these] })
    if (!failure) setChosen(new Set())
    askAgain()
  }
  const choose = (id: string, on: boolean) =>
    setChosen((known) => new Set(on ? [...known, id] : [...known].filter((one) => one !== id)))

  return (
    <Panel
      title="Records that a stage could not process"
      note="Replaying appends the record to its topic unchanged; an event counts once however often it is delivered. The dead letter stays in this list for the retention time of its topic."
      tools={
        ids.length > 0 && (
          <>
            <button type="button" onClick={() => setChosen(new Set(selected.length === ids.length ? [] : ids))}>
              {selected.length === ids.length ? 'Select none' : 'Select all'}
            </button>
            <button
              type="button"
              className="main"
              disabled={selected.length === 0 || replaying.fetching}
              onClick={() => void replayThem(selected)}
            >
              Replay {selected.length > 0 ? selected.length : ''} selected
            </button>
          </>
        )
      }
    >
      <Outcome bad={replaying.error !== undefined}>
        {replaying.error && sayError(replaying.error)}
        {replaying.data && `${replaying.data.replayDeadLetters} replayed.`}
      </Outcome>
      <Pending of={{ data, error, askAgain }} />
      {data && letters.length === 0 && <Empty>{before ? 'No older ones.' : 'None: every record was processed.'}</Empty>}
      <ul className={css.letters}>
        {letters.map((letter) => (
          <LetterRow key={letter.id} letter={letter} chosen={chosen.has(letter.id)} choose={choose} />
        ))}
      </ul>
      {(before !== null || letters.length === perPage) && (
        <div className={css.pages}>
          <button type="button" disabled={before === null} onClick={() => setBefore(null)}>
            Newest
          </button>
          <button type="button" disabled={letters.length < perPage} onClick={() => setBefore(letters.at(-1)!.id)}>
            Older
          </button>
        </div>
      )}
    </Panel>
  )
}

interface RowProps {
  readonly letter: Letter
  readonly chosen: boolean
  readonly choose: (id: string, on: boolean) => void
}

function LetterRow({ letter, chosen, choose }: RowProps) {
  const { id, at, stage, source, reason, value } = letter
  const able = isFromOutside(letter)
  return (
    <li className={css.letter}>
      <input
        type="checkbox"
        aria-label={`Select dead letter ${id}`}
        checked={chosen}
        disabled={!able}
        onChange={({ target }) => choose(id, target.checked)}
      />
      <div>
        <p className={css.reason}>{reason}</p>
        <p className={css.where}>
          <Tag kind="bad">{stage}</Tag> <span>{when(at)}</span> <code>{source}</code>
          {!able && <span>made inside: cannot be replayed</span>}
        </p>
        <details>
          <summary>The record</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
          <pre tabIndex={0}>{pretty(value)}</pre>
        </details>
      </div>
    </li>
  )
}

/** Only records that came from outside can be replayed: a stage writes the others again itself. */
const isFromOutside = ({ source }: Letter): boolean => /^(interactions|items)\//.test(source)

function pretty(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), null, 2)
  } catch {
    return value
  }
}
