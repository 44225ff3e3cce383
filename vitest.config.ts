import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const require = createRequire(import.meta.url)

const heavy = ['test/chaos/chaos.test.ts', 'test/heavy-user/*.test.ts', 'bench/**/*.test.ts']
const folders = '{platform,workers,start,tools,bench,test,client-examples,console,packages/*}'
/** Whose tests leave nothing behind in the process they run in. */
const sharing = '{engine,schema,server}'
/** Of them: what depends on the heap, or on the stack before V8 has optimized anything. */
const alone = ['server/fuzz.test.ts', 'server/graphql/documents.test.ts']
const never = ['**/node_modules/**', '**/*.cluster.test.ts']

/**
 * One queue for all projects, so that no worker waits for the last files of one: brokers and Cassandra start while `main` runs, and the many short
 * files that share their processes come last.
 */
class InQueue extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const queue = ['main', 'chaos', 'cluster', 'heavy', 'shared']
    const placeOf = ({ moduleId, project }: TestSpecification) =>
      queue.indexOf(moduleId.includes('/test/chaos/') ? 'chaos' : project.name)
    return (await super.sort(files)).sort((a, b) => placeOf(a) - placeOf(b))
  }
}

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
    // One more than processors: browsers, processes, brokers and sockets are waited for.
    maxWorkers: Math.min(4, availableParallelism() + 1),
    sequence: { sequencer: InQueue },
    projects: [
      {
        // Each file in a process of its own.
        extends: true,
        test: {
          name: 'main',
          include: [`${folders}/**/*.test.ts`, ...alone],
          exclude: [...never, ...heavy],
        },
      },
      {
        // Many files in one process: what they import is loaded once a process.
        extends: true,
        test: {
          name: 'shared',
          include: [`${sharing}/**/*.test.ts`],
          exclude: [...never, ...alone],
          isolate: false,
        },
      },
      {
        // Several processes under load each, or a minute of computing.
        extends: true,
        test: { name: 'heavy', include: heavy },
      },
      {
        // On real Kafka and Cassandra, started once for all of them and only when one of them is run.
        extends: true,
        test: {
          name: 'cluster',
          include: ['**/*.cluster.test.ts'],
          globalSetup: ['test/cluster-setup.ts'],
          testTimeout: 240_000,
        },
      },
    ],
  },
})
