import { Command } from 'commander'
import { messageOf } from '../../schema/app-error.ts'
import { backupCommand, restoreCommand } from './backup.ts'
import { deadLettersCommand } from './dead-letters.ts'
import { exportCommand } from './export-user.ts'
import { rebuildCommand } from './rebuild.ts'
import { salvageCommand } from './salvage.ts'

/** `npm run dead-letters`, `export`, `rebuild`, `backup`, `restore`, `salvage`: command lines for operators. */
const program = new Command('operate').description('Tools for operators.')
const commands = [deadLettersCommand, exportCommand, rebuildCommand, backupCommand, restoreCommand, salvageCommand]
for (const command of commands) {
  program.addCommand(command(console.log))
}

try {
  await program.parseAsync()
} catch (error) {
  console.error(`${process.argv[2]}: ${messageOf(error)}`)
  process.exitCode = 1
}
