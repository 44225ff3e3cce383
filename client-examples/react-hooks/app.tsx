import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { createPickstreamClient, useHeld, useRecommendations, useRecord } from './pickstream-hooks.ts'

const url = new URL('/graphql', location.href).href
const client = createPickstreamClient(url)
const userId = new URLSearchParams(location.search).get('user') ?? 'you'

function ForYou() {
  const [held, setHeld] = useState(false)
  const { shown, waiting } = useHeld(useRecommendations(client, userId), held)
  const record = useRecord(url, userId)
  if (!shown) return <p>Your picks are on their way …</p>
  return (
    <section aria-label="For you" onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}>
      {waiting && (
        <button type="button" onClick={() => setHeld(false)}>
          New picks
        </button>
      )}
      <ol>
        {shown.picks.map(({ item }) => (
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
    <ForYou />
  </StrictMode>,
)
