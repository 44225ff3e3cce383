import { seededRandom } from '../../engine/math/random.ts'

/** All chance of one history, from one seed. */
export class Dice {
  private readonly random: () => number

  constructor(seed: number) {
    this.random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995)
  }

  /** 0 to n - 1 */
  int(n: number): number {
    return Math.floor(this.random() * n)
  }

  between(least: number, most: number): number {
    return least + this.int(most - least + 1)
  }

  chance(probability: number): boolean {
    return this.random() < probability
  }

  pick<T>(values: readonly T[]): T {
    return values[this.int(values.length)]!
  }
}
