import { useSubscription } from 'urql'
import { clock } from '../format.ts'
import { ListOfDocument } from '../generated/graphql.ts'
import { Link, pathTo } from '../router.tsx'
import { Panel, Pending, Tag } from '../ui/panel.tsx'
import { PicksTable } from '../visitors/picks-table.tsx'

/** The user's list as an open page receives it. */
export function ResultingList({ userId, eventId }: { userId: string; eventId: string | undefined }) {
  const [{ data, error }] = useSubscription({ query: ListOfDocument, variables: { userId } })
  const list = data?.recommendationsUpdated
  const caused = list !== undefined && eventId !== undefined && list.causedByEventId === eventId
  return (
    <Panel
      title={`The list of ${userId}`}
      tools={
        <>
          {caused && <Tag kind="good">made by this event</Tag>}
          <Link href={pathTo('visitor', { user: userId })}>Inspect</Link>
        </>
      }
      note={list && `Revision ${list.revision}, computed at ${clock(list.computedAt)}, pushed over the subscription.`}
    >
      <Pending of={{ data, error }} />
      {list && <PicksTable picks={list.picks.slice(0, 8)} />}
    </Panel>
  )
}
