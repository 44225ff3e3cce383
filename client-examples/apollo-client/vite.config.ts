import { defineConfig } from 'vite'

/** `/graphql`, HTTP and WebSocket, goes to the server: the page has one origin. */
const target = process.env.PICKSTREAM_URL ?? 'http://127.0.0.1:4000'

export default defineConfig({ root: import.meta.dirname, server: { proxy: { '/graphql': { target, ws: true } } } })
