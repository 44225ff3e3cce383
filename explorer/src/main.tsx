import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import { createRoot } from 'react-dom/client'
import { examples } from './examples.ts'
import './styles.css'

const url = new URL('/graphql', location.href)
const socketUrl = new URL(url)
socketUrl.protocol = url.protocol.replace('http', 'ws')

/** Sends the headers of the editor with requests, and with connection_init of the WebSocket: `{ "x-api-key": "…" }`. */
const fetcher = createGraphiQLFetcher({ url: url.href, subscriptionUrl: socketUrl.href })

createRoot(document.getElementById('root')!).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={examples.map((query) => ({ query }))}
    isHeadersEditorEnabled
    shouldPersistHeaders={false}
  >
    <GraphiQL.Logo>Pickstream</GraphiQL.Logo>
  </GraphiQL>,
)
