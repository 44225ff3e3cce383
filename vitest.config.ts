import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const require = createRequire(import.meta.url)

const heavy = ['test/chaos/chaos.test.ts', 'test/heavy-user/*.test.ts', 'bench/**/*.test.ts']
const folders = '{engine,schema,platform,workers,server,start,tools,bench,test,client-examples,console,packages/*}'

export default defineConfig({
  resolve: {
    // graphql ships two entry files; without this Vitest loads both and instanceof fails between them.
    alias: [
      { find: /^graphql$/, replacement: require.resolve('graphql') },
      // Tests run the packages from source.
      { find: /^@pickstream\/(\w+)$/, replacement: `${import.meta.dirname}/packages/$1/src/index.ts` },
    ],
  },
  test: {
    // Ends what hangs. A slow machine is no failure, so all of these are far above what a test takes.
    testTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'main',
          include: [`${folders}/**/*.test.ts`],
          exclude: ['**/node_modules/**', '**/*.cluster.test.ts', ...heavy],
          // One more than processors: browsers, processes and sockets are waited for.
          maxWorkers: Math.min(4, availableParallelism() + 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Several processes under load each: two files at a time, after the others.
        extends: true,
        test: { name: 'heavy', include: heavy, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        // On real Kafka and Cassandra, started once for all of them and only when one of them is run; together with the
        // heavy ones, as they wait for the most part.
        extends: true,
        test: {
          name: 'cluster',
          include: [`${folders}/**/*.cluster.test.ts`],
          globalSetup: ['test/cluster-setup.ts'],
          testTimeout: 240_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
