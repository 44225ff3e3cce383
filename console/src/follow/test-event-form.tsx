import { useState } from 'react'
import { useClient, useQuery } from 'urql'
import { AnyItemDocument, type EventType, ListOfDocument } from '../generated/graphql.ts'
import page from '../page.module.css'
import { navigate, pathTo } from '../router.tsx'
import { Outcome, Panel } from '../ui/panel.tsx'
import { sendFollowed } from './send-event.ts'

const types: readonly EventType[] = ['VIEW', 'CLICK', 'CART', 'PURCHASE', 'LIKE', 'DISLIKE', 'DISMISS']

/** Maximum wait until the list is watched; the event is then sent anyway. */
const watchMsMax = 3_000

/** Sends an event of a visitor, and follows its trace. */
export function TestEventForm({ onSend }: { onSend: (userId: string) => void }) {
  const client = useClient()
  const [userId, setUserId] = useState('console-tester')
  const [type, setType] = useState<EventType>('VIEW')
  /** undefined: nothing typed yet; any item is used. */
  const [typed, setTyped] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [sending, setSending] = useState(false)
  const [{ data }] = useQuery({ query: AnyItemDocument, variables: { search: typed || null } })
  const offered = data?.catalog.edges.map(({ node }) => node) ?? []
  const itemId = typed ?? offered[0]?.id ?? ''

  const send = async () => {
    if (sending) return
    setSending(true)
    onSend(userId)
    // Only watched lists are pushed: subscribe first, then send the event.
    const watched = client.subscription(ListOfDocument, { userId }).toPromise()
    await Promise.race([watched, new Promise((resolve) => setTimeout(resolve, watchMsMax))])
    const { eventId, error } = await sendFollowed(client, { userId, itemId, type })
    setSending(false)
    setProblem(error)
    if (!error) navigate(pathTo('events', { event: eventId }))
  }

  return (
    <Panel
      title="Trace an event"
      note="Records a real event of this user and shows its span in every stage up to the list."
    >
      <form
        className={page.form}
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <label>
          User
          <input required value={userId} onChange={({ target }) => setUserId(target.value)} />
        </label>
        <label>
          Event
          <select value={type} onChange={({ target }) => setType(target.value as EventType)}>
            {types.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          Item
          <input required list="items" value={itemId} onChange={({ target }) => setTyped(target.value)} />
          <datalist id="items">
            {offered.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </datalist>
        </label>
        <button type="submit" className="main" aria-disabled={sending}>
          Send and trace
        </button>
      </form>
      <Outcome bad>{problem}</Outcome>
    </Panel>
  )
}
