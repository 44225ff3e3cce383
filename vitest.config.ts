import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

const require = createRequire(import.meta.url)

export default defineConfig({
  resolve: {
    // graphql ships two entry files; without this Vitest loads both and instanceof fails between them.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  test: {
    include: ['{engine,schema,platform,workers,server,start,tools,bench,test,client-examples,console}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
