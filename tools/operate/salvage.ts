import { Command } from 'commander'
import { salvageFolder } from '../../platform/embedded/salvage.ts'
import { tables } from '../../schema/tables.ts'

const dataDir = process.env.PICKSTREAM_DATA_DIR ?? 'data/pickstream'
const linesMax = 100

/** `npm run salvage`: copies the intact entries of a damaged folder. */
export function salvageCommand(print: (line: string) => void): Command {
  return new Command('salvage')
    .description('Copies what is intact of a damaged folder of the one-process start into an empty one.')
    .requiredOption('--to <folder>', 'a folder without data; it is made when missing')
    .option('--data <folder>', 'the damaged folder, its program stopped; or PICKSTREAM_DATA_DIR', dataDir)
    .action(async ({ to, data }: { to: string; data: string }) => {
      const { copied, damaged, unreachable, movedEnds } = await salvageFolder(data, to)
      const total = Object.values(copied).reduce((sum, entries) => sum + entries, 0)
      print(`${total} entries of ${data} are intact and copied to ${to}.`)
      for (const what of damaged.slice(0, linesMax)) print(`damaged, not copied: ${what}`)
      if (damaged.length > linesMax) print(`damaged, not copied: ${damaged.length - linesMax} more entries`)
      for (const [db, entries] of Object.entries(unreachable)) {
        print(`unreachable behind damaged pages, not copied: ${entries} entries of ${db}`)
      }
      for (const what of movedEnds) print(`end lost: ${what}`)
      print(
        `Start with PICKSTREAM_DATA_DIR=${to}, then run \`npm run rebuild\`: states and lists are computed from the log.`,
      )
      const noModel = damaged.some((what) => what.startsWith(`table ${tables.models.name},`))
      if (noModel)
        print('A model is damaged. Run `npm run train` after the rebuild: until then, lists may be ranked without one.')
    })
}
