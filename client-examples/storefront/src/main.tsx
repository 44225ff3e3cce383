import { PickstreamProvider } from '@pickstream/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import { App } from './app.tsx'
import { client, pickstream } from './client.ts'
import { routeOf } from './router.tsx'
import { record } from './shopper.ts'
import './styles.css'

// Clicks inside the shop are recorded by the links. A visitor who arrives at an item's page from elsewhere views it
// too.
const arrival = routeOf(new URLSearchParams(location.search))
if (arrival.page === 'item') record('VIEW', arrival.id)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <PickstreamProvider client={pickstream}>
      <Provider value={client}>
        <App />
      </Provider>
    </PickstreamProvider>
  </StrictMode>,
)
