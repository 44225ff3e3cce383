import { setTimeout as sleep } from 'node:timers/promises'
import type { Dice } from '../../simulator/dice.ts'
import type { Findings } from '../findings.ts'
import type { Importing } from './importing.ts'
import type { Victim } from './victims.ts'

interface Parts {
  readonly importing: Importing
  /** Of the file of events. */
  readonly rows: number
  readonly dice: Dice
  readonly findings: Findings
  readonly platform: string
  readonly say: (text: string) => void
}

const lookMs = 20
const backlogPauseMs = [300, 4_000] as const

/**
 * Kills every victim `rounds` times while rows are sent, evenly spread over the file, and the importer once with them; and
 * goes on while the stages work off what waits, until the import ends.
 */
export async function disturb(victims: readonly Victim[], rounds: number, parts: Parts): Promise<void> {
  const { importing, rows, dice, findings, platform, say } = parts
  const importer: Victim = { name: 'the importer', killAndRestart: async () => importing.kill() }
  const strike = async ({ name, killAndRestart }: Victim, when: string) => {
    findings.begin(`${platform}: kill -9 of ${name}`)
    say(`killing ${name} ${when}`)
    await killAndRestart()
  }
  const onTheWay = shuffled([...Array.from({ length: rounds }, () => victims).flat(), importer], dice)
  for (const [n, victim] of onTheWay.entries()) {
    const from = Math.floor(((n + 0.2 + 0.6 * (dice.int(1_000) / 1_000)) / onTheWay.length) * rows)
    await untilRow(importing, from)
    if (importing.ended) return
    await strike(victim, `after row ${importing.rowsDone() ?? rows} of ${rows}`)
  }
  await untilRow(importing, rows)
  for (const victim of shuffled(Array.from({ length: rounds }, () => victims).flat(), dice)) {
    await sleep(dice.between(...backlogPauseMs))
    if (importing.ended) return
    await strike(victim, 'behind the last row')
  }
}

/** A place that was there and is gone: the file has been sent. */
async function untilRow(importing: Importing, row: number): Promise<void> {
  let begun = false
  while (!importing.ended) {
    const done = importing.rowsDone()
    if (done === undefined ? begun : done >= row) return
    begun ||= done !== undefined
    await sleep(lookMs)
  }
}

function shuffled<Item>(items: readonly Item[], dice: Dice): Item[] {
  const left = [...items]
  return Array.from({ length: items.length }, () => left.splice(dice.int(left.length), 1)[0]!)
}
