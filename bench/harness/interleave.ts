import type { Pair } from './figure.ts'

/**
 * Measures subject and reference in turn, the one first and then the other in every second round: neither always has the
 * warmer machine.
 */
export async function interleave(
  rounds: number,
  subject: (round: number) => Promise<number> | number,
  reference: (round: number) => Promise<number> | number,
): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const value = await subject(round)
      pairs.push({ value, reference: await reference(round) })
    } else {
      const other = await reference(round)
      pairs.push({ value: await subject(round), reference: other })
    }
  }
  return pairs
}
