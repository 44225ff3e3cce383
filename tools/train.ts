import { Command } from 'commander'
import { messageOf } from '../schema/app-error.ts'
import { graphqlClient } from './lib/graphql-client.ts'

/** `npm run train`: refits the model on all that is known now, and says what came of it. */
const program = new Command('train')
  .description('Refits the model now; ends when the new version serves everywhere.')
  .option('--url <url>', 'the GraphQL endpoint', 'http://127.0.0.1:4000/graphql')
  .option(
    '--token <token>',
    "an operator's API key, where the server asks for one; or in IMPORT_TOKEN",
    process.env.IMPORT_TOKEN,
  )

interface Retrain {
  readonly published: boolean
  readonly reason: string | null
  readonly model: { readonly version: number; readonly events: number; readonly users: number; readonly items: number }
}

try {
  const { url, token } = program.parse().opts<{ url: string; token?: string }>()
  const client = graphqlClient({ url, token, patienceMs: 5_000, requestMsMax: 3_600_000 })
  const query = 'mutation { retrain { published reason model { version events users items } } }'
  const { retrain } = await client<{ retrain: Retrain }>(query)
  const { version, events, users, items } = retrain.model
  if (retrain.published) console.log(`Model ${version} serves: ${events} events of ${users} users and ${items} items.`)
  else console.log(`Not published: ${retrain.reason}. Model ${version} goes on serving.`)
} catch (error) {
  console.error(`train: ${messageOf(error)}`)
  process.exitCode = 1
}
