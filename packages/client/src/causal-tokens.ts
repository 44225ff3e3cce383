const usersMax = 1_000

/** The newest causal token of each user, of the 1,000 who acted last. A token knows of the events of its own request alone. */
export class CausalTokens {
  private readonly byUser = new Map<string, string>()

  get(userId: string): string | undefined {
    return this.byUser.get(userId)
  }

  set(userId: string, token: string): void {
    this.byUser.delete(userId) // so that the map is in the order of use
    this.byUser.set(userId, token)
    for (const oldest of this.byUser.keys()) if (this.byUser.size > usersMax) this.byUser.delete(oldest)
  }
}
