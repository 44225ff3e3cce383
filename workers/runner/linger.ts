/** Time between two looks, ms. */
export const lingerPollMs = 3
/** Nothing came for so many looks: what waits is due. */
const quietLooks = 30
/** What waits is due after so many looks at the latest. */
const looksMax = 1_000
/** So many keys are due at once. */
const keysMax = 3_000

/**
 * Holds back what nobody waits for while more of it comes, so that a user whose events come one after another is ranked
 * once for all of them: until nothing came for 100 ms, for 3 s, or up to 3,000 users. Counts looks and reads no clock.
 */
export class Linger {
  private quiet = 0
  private looks = 0
  private due = 0

  /** @param keys that wait. @returns whether they are to wait on */
  holds(keys: number): boolean {
    if (this.due > 0) return false
    if (this.quiet < quietLooks && this.looks < looksMax && keys < keysMax) return true
    this.due = keys
    this.quiet = 0
    this.looks = 0
    return false
  }

  /** @param records that a look has found */
  look(records: number): void {
    this.looks += 1
    this.quiet = records === 0 ? this.quiet + 1 : 0
  }

  /** So many of what was due have been run. */
  done(keys: number): void {
    this.due = Math.max(0, this.due - keys)
  }
}
