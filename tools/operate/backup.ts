import { Command } from 'commander'
import { backupEmbedded, restoreEmbedded } from '../../platform/embedded/backup.ts'

const dataDir = process.env.PICKSTREAM_DATA_DIR ?? 'data/pickstream'

/** `npm run backup`: copies the embedded folder while it is in use. */
export function backupCommand(print: (line: string) => void): Command {
  return new Command('backup')
    .description('Copies the folder of the one-process start, as of one moment, while it runs.')
    .requiredOption('--to <folder>', 'a folder without a copy; it is made when missing')
    .option('--data <folder>', 'the folder to copy; or PICKSTREAM_DATA_DIR', dataDir)
    .action(async ({ to, data }: { to: string; data: string }) => {
      await backupEmbedded(data, to)
      print(`${data} is copied to ${to}. Keep the copy as safe as the folder: it contains the history of all users.`)
    })
}

/** `npm run restore`: restores a backup. */
export function restoreCommand(print: (line: string) => void): Command {
  return new Command('restore')
    .description('Puts a copy in the place of the folder of the one-process start.')
    .requiredOption('--from <folder>', 'a folder that `backup` has made')
    .option('--data <folder>', 'the folder to fill, which must hold no data; or PICKSTREAM_DATA_DIR', dataDir)
    .action(async ({ from, data }: { from: string; data: string }) => {
      await restoreEmbedded(from, data)
      print(
        `${data} is as ${from} was. What came after the copy is gone; users erased since then are to be erased again.`,
      )
      print('Open pages get the current lists when they reconnect. PICKSTREAM_EPOCH stays as it was.')
    })
}
