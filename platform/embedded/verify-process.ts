import { messageOf } from '../../schema/app-error.ts'
import { openEnvironment } from './environment.ts'
import { findDamage, type Scope } from './verify.ts'

/** `verify-process DIR all|small`: exits with 0 if nothing is damaged; else prints the damage and exits with 1. */
const [dir, scope] = process.argv.slice(2) as [string, Scope]
let damage: string | undefined
try {
  damage = findDamage(openEnvironment({ dir, readOnly: true }), scope)
} catch (error) {
  damage = `it cannot be read (${messageOf(error)})`
}
if (damage !== undefined) process.stdout.write(damage)
process.exit(damage === undefined ? 0 : 1)
