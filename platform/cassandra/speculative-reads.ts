import cassandra from 'cassandra-driver'

/** The driver's types say `Function` for it. */
interface Plan {
  // biome-ignore lint/complexity/noBannedTypes: as the driver declares it
  nextExecution: Function
}

/**
 * A read of one partition that takes unusually long is sent to another replica as well, and the first answer counts:
 * a node that collects garbage then costs `delayMs` and not its pause. Writes, scans and reads of a busy client are left
 * alone: there a second try only adds load where there is too much of it already.
 */
export class SpeculativeReads extends cassandra.policies.speculativeExecution.ConstantSpeculativeExecutionPolicy {
  private readonly isLowLoad: () => boolean

  constructor(delayMs: number, isCalm: () => boolean) {
    super(delayMs, 1)
    this.isLowLoad = isCalm
  }

  override newPlan(keyspace: string, query: string | object[]): Plan {
    const isSmallRead = typeof query === 'string' && query.startsWith('SELECT') && !query.includes('token(')
    return isSmallRead && this.isLowLoad() ? super.newPlan(keyspace, query) : never
  }
}

const never: Plan = { nextExecution: () => -1 }
