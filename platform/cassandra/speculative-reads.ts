import cassandra from 'cassandra-driver'

/** As the driver declares it. */
interface Plan {
  // biome-ignore lint/complexity/noBannedTypes: as the driver declares it
  nextExecution: Function
}

/**
 * Sends a read of one partition that has no answer after `delayMs` to another replica as well; the first answer
 * counts. A garbage collection of one node then adds `delayMs` instead of its pause. Writes, scans and reads of a
 * client under load are not repeated: a second request would only add load.
 */
export class SpeculativeReads extends cassandra.policies.speculativeExecution.ConstantSpeculativeExecutionPolicy {
  private readonly isLowLoad: () => boolean

  constructor(delayMs: number, isLowLoad: () => boolean) {
    super(delayMs, 1)
    this.isLowLoad = isLowLoad
  }

  override newPlan(keyspace: string, query: string | object[]): Plan {
    const isSmallRead = typeof query === 'string' && query.startsWith('SELECT') && !query.includes('token(')
    return isSmallRead && this.isLowLoad() ? super.newPlan(keyspace, query) : never
  }
}

const never: Plan = { nextExecution: () => -1 }
