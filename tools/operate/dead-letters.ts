import Table from 'cli-table3'
import { Command } from 'commander'
import { type GraphQLClient, RequestError } from '../lib/graphql-client.ts'
import { operatorClient, withServer } from '../lib/operator-client.ts'

interface DeadLetter {
  readonly id: string
  readonly at: string
  readonly stage: string
  readonly source: string
  readonly reason: string
  readonly value: string
}

const pageMax = 100
const columns = ['id', 'when', 'stage', 'from', 'reason']

/** `npm run dead-letters`: lists dead letters, shows one, or replays some to their topic. */
export function deadLettersCommand(print: (line: string) => void): Command {
  const command = new Command('dead-letters').description('Records that no stage could take.')
  withServer(command.command('list').description('the newest ones'))
    .option('--first <n>', 'how many, 1 to 100', '20')
    .option('--before <id>', 'only those older than this one')
    .action(async ({ first, before }: { first: string; before?: string }, self: Command) => {
      const letters = await readPage(operatorClient(self), Number(first), before)
      if (letters.length === 0) return print('There are no dead letters.')
      const table = new Table({
        head: columns,
        wordWrap: true,
        colWidths: [8, 22, 12, 26, 60],
        style: { head: [], border: [] },
      })
      table.push(...letters.map(({ id, at, stage, source, reason }) => [id, at.slice(0, 19), stage, source, reason]))
      print(table.toString())
    })
  withServer(command.command('show <id>').description('one of them, with its value')).action(
    async (id: string, _: unknown, self: Command) => {
      const [letter] = await readPage(operatorClient(self), 1, String(Number(id) + 1))
      if (letter?.id !== id) throw new Error(`expected the id of a dead letter, got ${id}`)
      for (const [name, text] of Object.entries(letter)) print(`${name.padEnd(8)}${text}`)
    },
  )
  withServer(command.command('replay [ids...]').description('gives them to their topic again; an event counts once'))
    .option('--all', 'every one that is kept')
    .option('--stage <name>', 'with --all: only those of one stage')
    .action(async (ids: string[], { all, stage }: { all?: boolean; stage?: string }, self: Command) => {
      if ((all ?? false) === ids.length > 0) throw new Error('expected either ids of dead letters or --all')
      const client = operatorClient(self)
      const chosen = all ? await readAll(client, stage) : ids
      let replayed = 0
      let omitted = 0
      for (let at = 0; at < chosen.length; at += pageMax) {
        const page = chosen.slice(at, at + pageMax)
        const rejected = await replay(client, page)
        if (!all && rejected.size > 0) throw new Error([...rejected].map(([id, why]) => `${id}: ${why}`).join('\n'))
        for (const [id, why] of rejected) print(`${id} is not replayed: ${why}`)
        omitted += rejected.size
        replayed += page.length - rejected.size
      }
      print(`${replayed} replayed. What is still wrong with them comes back as a new dead letter.`)
      if (omitted > 0) print(`${omitted} not replayed, see above.`)
    })
  return command
}

/**
 * Replays a page. If some of its letters cannot be replayed, the server replays none: then the others are sent again.
 * @returns id → why it cannot be replayed
 */
async function replay(client: GraphQLClient, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const query = 'mutation($ids: [ID!]!) { replayDeadLetters(ids: $ids) }'
  try {
    await client(query, { ids })
    return new Map()
  } catch (error) {
    if (!(error instanceof RequestError) || error.issues.length === 0) throw error
    const issues = new Map(error.issues.map(({ path, message }) => [path, message]))
    const rejected = new Map(ids.flatMap((id, n) => (issues.has(`ids[${n}]`) ? [[id, issues.get(`ids[${n}]`)!]] : [])))
    const rest = ids.filter((id) => !rejected.has(id))
    if (rejected.size === 0) throw error
    if (rest.length > 0) await client(query, { ids: rest })
    return rejected
  }
}

async function readPage(client: GraphQLClient, first: number, before?: string): Promise<readonly DeadLetter[]> {
  const query = `query($first: Int!, $before: ID) {
    deadLetters(first: $first, before: $before) { id at stage source reason value }
  }`
  return (await client<{ deadLetters: DeadLetter[] }>(query, { first, before })).deadLetters
}

/** Oldest first, so that events of one user are replayed in their order. */
async function readAll(client: GraphQLClient, stage?: string): Promise<string[]> {
  const ids: string[] = []
  for (let before: string | undefined; ; ) {
    const page = await readPage(client, pageMax, before)
    ids.push(...page.filter((letter) => stage === undefined || letter.stage === stage).map(({ id }) => id))
    if (page.length < pageMax) return ids.reverse()
    before = page.at(-1)?.id
  }
}
