import { type EventType, Pickstream } from '@pickstream/client'
import {
  PickstreamProvider,
  useHeldList,
  useImpressions,
  usePickstream,
  useSuspenseRecommendations,
} from '@pickstream/react'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'

const client = new Pickstream({ url: '/graphql' })
const userId = new URLSearchParams(location.search).get('user') ?? 'you'

function ForYou() {
  const list = useSuspenseRecommendations(userId, { first: 10 })
  const { shown, picks, waiting, holdRef, showWaiting } = useHeldList(list)
  const impressionsRef = useImpressions(userId, shown)
  const pickstream = usePickstream()
  const record = (itemId: string, type: EventType) => pickstream.record({ userId, itemId, type })
  return (
    <section aria-label="For you" ref={holdRef}>
      {waiting !== undefined && (
        <button type="button" onClick={showWaiting}>
          New picks
        </button>
      )}
      <ol ref={impressionsRef}>
        {picks.map(({ item }) => (
          <li key={item.id} data-item={item.id}>
            {item.title}{' '}
            <button type="button" onClick={() => record(item.id, 'VIEW')}>
              look
            </button>{' '}
            <button type="button" onClick={() => record(item.id, 'PURCHASE')}>
              buy
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <PickstreamProvider client={client}>
      <Suspense fallback={<p>Loading your picks …</p>}>
        <ForYou />
      </Suspense>
    </PickstreamProvider>
  </StrictMode>,
)
