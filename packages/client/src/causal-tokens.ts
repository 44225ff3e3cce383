const usersMax = 1_000

/**
 * The newest causal token of each of the 1,000 users who acted last. A token covers only the events of its own
 * request.
 */
export class CausalTokens extends Map<string, string> {
  override set(userId: string, token: string): this {
    this.delete(userId) // so that the map is in the order of use
    super.set(userId, token)
    for (const oldest of this.keys()) if (this.size > usersMax) this.delete(oldest)
    return this
  }
}
