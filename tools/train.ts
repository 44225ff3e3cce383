import { Command } from 'commander'
import { messageOf } from '../schema/app-error.ts'
import { operatorClient, withServer } from './lib/operator-client.ts'

/** `npm run train`: refits the model to the present events, and prints the outcome. */
const program = withServer(
  new Command('train').description('Refits the model now; ends when the new version serves everywhere.'),
)
const requestMsMax = 3_600_000

interface Retrain {
  readonly published: boolean
  readonly reason: string | null
  readonly model: { readonly version: number; readonly events: number; readonly users: number; readonly items: number }
}

try {
  const client = operatorClient(program.parse(), requestMsMax)
  const query = 'mutation { retrain { published reason model { version events users items } } }'
  const { retrain } = await client<{ retrain: Retrain }>(query)
  const { version, events, users, items } = retrain.model
  if (retrain.published)
    console.log(`Model ${version} is served: ${events} events of ${users} users and ${items} items.`)
  else console.log(`Not published: ${retrain.reason}. Model ${version} is still served.`)
} catch (error) {
  console.error(`train: ${messageOf(error)}`)
  process.exitCode = 1
}
