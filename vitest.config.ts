import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

const require = createRequire(import.meta.url)

const folders = '{engine,schema,platform,workers,server,start,tools,bench,test,client-examples,console}'

export default defineConfig({
  resolve: {
    // graphql ships two entry files; without this Vitest loads both and instanceof fails between them.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'main',
          include: [`${folders}/**/*.test.ts`],
          exclude: ['**/node_modules/**', '**/*.cluster.test.ts'],
        },
      },
      {
        // On real Kafka and Cassandra, started once for all of them and only when one of them is run.
        extends: true,
        test: {
          name: 'cluster',
          include: [`${folders}/**/*.cluster.test.ts`],
          globalSetup: ['test/cluster-setup.ts'],
          testTimeout: 120_000,
        },
      },
    ],
  },
})
