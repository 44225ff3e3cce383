import Table from 'cli-table3'
import { Command } from 'commander'
import type { GraphQLClient } from '../lib/graphql-client.ts'
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

/** Records that no stage could take: list them, look at one, give some to their topic again. */
export function deadLettersCommand(print: (line: string) => void): Command {
  const command = new Command('dead-letters').description('Records that no stage could take.')
  withServer(command.command('list').description('the newest ones'))
    .option('--first <n>', 'how many, 1 to 100', '20')
    .option('--before <id>', 'only those older than this one')
    .action(async ({ first, before }: { first: string; before?: string }, self: Command) => {
      const letters = await readPage(operatorClient(self), Number(first), before)
      if (letters.length === 0) return print('There are no dead letters.')
      const table = new Table({ head: columns, wordWrap: true, colWidths: [8, 22, 12, 26, 60], style: { head: [] } })
      table.push(...letters.map(({ id, at, stage, source, reason }) => [id, at.slice(0, 19), stage, source, reason]))
      print(table.toString())
    })
  withServer(command.command('show <id>').description('one of them, with its value')).action(
    async (id: string, _: unknown, self: Command) => {
      const [letter] = await readPage(operatorClient(self), 1, String(Number(id) + 1))
      if (letter?.id !== id) throw new Error(`there is no dead letter ${id}`)
      for (const [name, text] of Object.entries(letter)) print(`${name.padEnd(8)}${text}`)
    },
  )
  withServer(command.command('replay [ids...]').description('gives them to their topic again; an event counts once'))
    .option('--all', 'every one that is kept')
    .option('--stage <name>', 'with --all: only those of one stage')
    .action(async (ids: string[], { all, stage }: { all?: boolean; stage?: string }, self: Command) => {
      if ((all ?? false) === ids.length > 0) throw new Error('say which: ids, or --all')
      const client = operatorClient(self)
      const chosen = all ? await readAll(client, stage) : ids
      let replayed = 0
      for (let at = 0; at < chosen.length; at += pageMax) {
        const query = 'mutation($ids: [ID!]!) { replayDeadLetters(ids: $ids) }'
        const answer = await client<{ replayDeadLetters: number }>(query, { ids: chosen.slice(at, at + pageMax) })
        replayed += answer.replayDeadLetters
      }
      print(`${replayed} replayed. What is still wrong with them comes back as a new dead letter.`)
    })
  return command
}

async function readPage(client: GraphQLClient, first: number, before?: string): Promise<readonly DeadLetter[]> {
  const query = `query($first: Int!, $before: ID) {
    deadLetters(first: $first, before: $before) { id at stage source reason value }
  }`
  return (await client<{ deadLetters: DeadLetter[] }>(query, { first, before })).deadLetters
}

/** Oldest first: events of one user go back in the order they had. */
async function readAll(client: GraphQLClient, stage?: string): Promise<string[]> {
  const ids: string[] = []
  for (let before: string | undefined; ; ) {
    const page = await readPage(client, pageMax, before)
    ids.push(...page.filter((letter) => stage === undefined || letter.stage === stage).map(({ id }) => id))
    if (page.length < pageMax) return ids.reverse()
    before = page.at(-1)?.id
  }
}
