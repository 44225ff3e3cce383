import { useMemo, useState } from 'react'
import { useQuery } from 'urql'
import { count, percent } from '../format.ts'
import { LabeledDocument, TitlesDocument } from '../generated/graphql.ts'
import { Empty, Panel, Tag } from '../ui/panel.tsx'
import { inWords, notInForce, type Period, type Sentence, type Spoken } from './in-words.ts'
import css from './rules.module.css'

/** The rules in words, with the items they match. Shows the last valid rules while the user types. */
export function Preview({ source, valid }: { source: string; valid: boolean }) {
  const [shown, setShown] = useState<string>()
  if (valid && shown !== source) setShown(source)
  const spoken = useMemo(() => (shown === undefined ? undefined : inWords(shown)), [shown])
  return (
    <Panel title="Preview" note="The rules in words, in the order in which they are applied.">
      {!spoken && <Empty>Shown as soon as the rules are valid.</Empty>}
      {spoken && isEmpty(spoken) && <Empty>No rules: lists depend on the visitors only.</Empty>}
      {spoken && (
        <>
          <Sentences sentences={spoken.always} />
          {spoken.placements.map(({ name, sentences }) => (
            <section key={name} className={css.variant} aria-label={`Placement ${name}`}>
              <h3>
                Placement {name} <Tag>replaces rules of the same kind above</Tag>
              </h3>
              <Sentences sentences={sentences} />
            </section>
          ))}
          {spoken.experiments.map(({ name: experiment, scope, period, variants }) =>
            variants.map(({ name, share, sentences }) => (
              <section
                key={`${experiment}~${name}`}
                className={css.variant}
                aria-label={`Variant ${name} of ${experiment}`}
              >
                <h3>
                  {experiment}: {name} <Tag>{percent(share, 0)} of users</Tag> <span className="soft">{scope}</span>{' '}
                  <InForce period={period} />
                </h3>
                {sentences.length === 0 ? <p className="soft">as above</p> : <Sentences sentences={sentences} />}
              </section>
            )),
          )}
        </>
      )}
    </Panel>
  )
}

const isEmpty = ({ always, placements, experiments }: Spoken) =>
  always.length + placements.length + experiments.length === 0

function Sentences({ sentences }: { sentences: readonly Sentence[] }) {
  return (
    <ul className={css.sentences}>
      {sentences.map(({ text, about, period }) => (
        <li key={text}>
          {text} {about && ('item' in about ? <Named id={about.item} /> : <Labeled about={about} />)}{' '}
          {period && <InForce period={period} />}
        </li>
      ))}
    </ul>
  )
}

function InForce({ period }: { period: Period }) {
  const state = notInForce(period, Date.now())
  return state === undefined ? null : <Tag kind="warn">{state}</Tag>
}

function Named({ id }: { id: string }) {
  const [{ data }] = useQuery({ query: TitlesDocument, variables: { ids: [id] } })
  if (!data) return null
  const [item] = data.items
  return item ? <Tag>{item.title}</Tag> : <Tag kind="warn">not in the catalog</Tag>
}

function Labeled({ about }: { about: { category: string } | { tag: string } }) {
  const filter = 'tag' in about ? { tags: [about.tag] } : { categories: [about.category] }
  const [{ data }] = useQuery({ query: LabeledDocument, variables: { filter } })
  if (!data) return null
  const { totalCount } = data.catalog
  return (
    <Tag kind={totalCount === 0 ? 'warn' : undefined}>{totalCount === 1 ? '1 item' : `${count(totalCount)} items`}</Tag>
  )
}
