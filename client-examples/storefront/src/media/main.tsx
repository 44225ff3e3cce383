import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import { client } from '../client.ts'
import '../styles.css'
import { MediaApp } from './media-app.tsx'

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Provider value={client}>
      <MediaApp />
    </Provider>
  </StrictMode>,
)
