import { gql, type TypedDocumentNode } from '@apollo/client'
import { ApolloProvider, useMutation, useSubscription } from '@apollo/client/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createApollo } from './apollo.ts'

interface ForYouData {
  readonly recommendationsUpdated: {
    readonly id: string
    readonly picks: readonly {
      readonly item: { readonly id: string; readonly title: string }
      readonly reason: { readonly __typename: string; readonly item?: { readonly title: string } }
    }[]
  }
}

const FOR_YOU: TypedDocumentNode<ForYouData, { userId: string }> = gql`
  subscription ForYou($userId: ID!) {
    recommendationsUpdated(userId: $userId, first: 10) {
      id
      picks { item { id title } reason { __typename ... on BecauseOfItem { item { id title } } } }
    }
  }
`
const RECORD = gql`
  mutation Record($events: [EventInput!]!) { recordEvents(events: $events) { token } }
`

const userId = new URLSearchParams(location.search).get('user') ?? 'you'

function ForYou() {
  const { data } = useSubscription(FOR_YOU, { variables: { userId } })
  const [record] = useMutation(RECORD)
  if (!data) return <p>Loading your picks …</p>
  const { id, picks } = data.recommendationsUpdated
  const tell = (itemId: string, type: string) => {
    // With an id of its own the event counts once, even if it is sent again after a lost answer.
    const event = { eventId: crypto.randomUUID(), userId, itemId, type, recommendationId: id }
    void record({ variables: { events: [event] } })
  }
  return (
    <ol aria-label="For you">
      {picks.map(({ item, reason }) => (
        <li key={item.id} data-item={item.id}>
          {item.title} {reason.item && <small>because of {reason.item.title}</small>}{' '}
          <button type="button" onClick={() => tell(item.id, 'VIEW')}>
            look
          </button>{' '}
          <button type="button" onClick={() => tell(item.id, 'PURCHASE')}>
            buy
          </button>
        </li>
      ))}
    </ol>
  )
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ApolloProvider client={createApollo(new URL('/graphql', location.href).href)}>
      <ForYou />
    </ApolloProvider>
  </StrictMode>,
)
