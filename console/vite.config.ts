import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `vite dev console` finds the GraphQL server: HTTP and WebSocket share one path. */
const server = process.env.PICKSTREAM_URL ?? 'http://127.0.0.1:4000'

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/pages/console',
    emptyOutDir: true,
    assetsInlineLimit: 0, // no data: addresses, so that a strict Content-Security-Policy holds
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/graphql': { target: server, ws: true } } },
})
