/** What must be true of one user, from what was acknowledged. */
export interface UserModel {
  readonly id: string
  /** Acknowledged and not taken back: each must be in the history once. In order. */
  readonly live: Set<string>
  /** Taken back: must not be in the history. */
  readonly undone: Set<string>
  /** Of `live`: not looked up since they were acknowledged. */
  readonly unchecked: Set<string>
  /** The event that the newest list must name; undefined where another kind of record came last. */
  newest: string | undefined
  /** Everything known of the user must be gone. */
  forgotten: boolean
}

/** The truth by the acknowledgements: one writer a user, so what it says is in the order of the log. */
export class Model {
  readonly users = new Map<string, UserModel>()
  acknowledged = 0

  user(id: string): UserModel {
    const known = this.users.get(id)
    if (known) return known
    const user: UserModel = {
      id,
      live: new Set(),
      undone: new Set(),
      unchecked: new Set(),
      newest: undefined,
      forgotten: false,
    }
    this.users.set(id, user)
    return user
  }

  recorded(userId: string, eventIds: readonly string[]): void {
    const user = this.user(userId)
    for (const id of eventIds) {
      user.live.add(id)
      user.unchecked.add(id)
      user.newest = id
    }
    this.acknowledged += eventIds.length
  }

  tookBack(userId: string, eventIds: readonly string[]): void {
    const user = this.user(userId)
    for (const id of eventIds) {
      user.live.delete(id)
      user.unchecked.delete(id)
      user.undone.add(id)
    }
    user.newest = undefined
  }
}
