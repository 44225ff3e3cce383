import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` of this folder finds the GraphQL server: HTTP and WebSocket share one path. */
const server = process.env.PICKSTREAM_URL ?? 'http://127.0.0.1:4000'

/** Two pages of one source: the shop, and the media site of PICKSTREAM_DEMO=media. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../../dist/pages/storefront',
    emptyOutDir: true,
    assetsInlineLimit: 0, // no data: addresses, so that a strict Content-Security-Policy holds
    modulePreload: { polyfill: false },
    rollupOptions: { input: ['index.html', 'media/index.html'].map((page) => `${import.meta.dirname}/${page}`) },
  },
  server: { proxy: { '/graphql': { target: server, ws: true } } },
})
