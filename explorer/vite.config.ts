import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `vite dev explorer` finds the GraphQL server: HTTP and WebSocket share one path. */
const server = process.env.PICKSTREAM_URL ?? 'http://127.0.0.1:4000'

export default defineConfig({
  root: import.meta.dirname,
  base: '/explorer/', // the page itself is shown at /graphql
  plugins: [react()],
  build: {
    outDir: '../dist/pages/explorer',
    emptyOutDir: true,
    assetsInlineLimit: 0, // no data: addresses, so that a strict Content-Security-Policy holds
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 10_000, // the editor is Monaco
    rolldownOptions: {
      onwarn(warning, warn) {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning) // for the React compiler, which is not used
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/graphql': { target: server, ws: true } } },
})
