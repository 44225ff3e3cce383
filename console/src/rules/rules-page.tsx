import { RulesDocument } from '../generated/graphql.ts'
import { Panel, Problem, Waiting } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import { ExperimentsPanel } from './experiments-panel.tsx'
import { PlacementsPanel } from './placements-panel.tsx'
import { RulesEditor } from './rules-editor.tsx'

/** The shop's rules, and the results of experiments and placements. */
export function RulesPage() {
  const { data, error, askAgain } = useFreshQuery({ query: RulesDocument }, 10_000)
  return (
    <>
      {data ? (
        <RulesEditor current={data.rules} onPublished={askAgain} />
      ) : (
        <Panel title="Business rules">{error ? <Problem error={error} again={askAgain} /> : <Waiting />}</Panel>
      )}
      <ExperimentsPanel />
      <PlacementsPanel />
    </>
  )
}
