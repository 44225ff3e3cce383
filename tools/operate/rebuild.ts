import { Command } from 'commander'
import { operatorClient, withServer } from '../lib/operator-client.ts'

/** The server answers earlier (PICKSTREAM_RETRAIN_MS_MAX) and reports that the work continues. */
const answerMsMax = 24 * 3_600_000

/** Rebuilds every user's state and list from the log alone while the service runs. */
export function rebuildCommand(print: (line: string) => void): Command {
  return withServer(
    new Command('rebuild').description(
      "Makes every user's state and list anew from the log, while everything goes on.",
    ),
  ).action(async (_: unknown, self: Command) => {
    const query = 'mutation { rebuildUsers { done reason users } }'
    const { rebuildUsers } = await operatorClient(
      self,
      answerMsMax,
    )<{
      rebuildUsers: { done: boolean; reason: string | null; users: number | null }
    }>(query)
    if (!rebuildUsers.done) throw new Error(rebuildUsers.reason ?? 'not done')
    print(`${rebuildUsers.users} users rebuilt.${rebuildUsers.reason ? ` ${rebuildUsers.reason}.` : ''}`)
  })
}
