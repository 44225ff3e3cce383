import type { TopicSpec } from '../../schema/topics.ts'
import { settingsOf } from './topic-settings.ts'

/** A topic as it exists, or as it will be created. */
export interface ActualTopic {
  readonly partitions: number
  /** Settings of Kafka, by name. Default: unknown, not checked. */
  readonly settings?: ReadonlyMap<string, string>
}

export interface TopicFaults {
  /** Differences with which records would be lost or read in the wrong place. */
  readonly fatal: readonly string[]
  /** Settings that apply only when a topic is created, and that the topic does not have. */
  readonly warnings: readonly string[]
}

/**
 * Compares topics with the requirements of the code. Topics that Pickstream has not created may have the brokers'
 * defaults: brokers with `auto.create.topics.enable` create a topic when another service writes to it before the
 * first start.
 *
 * @param actual by name in the code
 */
export function topicFaults(
  specs: readonly TopicSpec[],
  actual: ReadonlyMap<string, ActualTopic>,
  nameOf: (topic: string) => string,
): TopicFaults {
  const fatal: string[] = []
  const warnings: string[] = []
  const shared = new Map<string, { name: string; partitions: number }>()
  for (const spec of specs) {
    const topic = actual.get(spec.name)
    if (topic === undefined) continue
    const { settings, partitions } = topic
    const group = spec.keyedBy
    const first = group && shared.get(group)
    if (group && !first) {
      shared.set(group, { name: nameOf(spec.name), partitions })
      // The topics of items keep their number when that of users is changed (docs/upgrade.md).
      if (group === 'user' && partitions !== spec.partitions)
        warnings.push(
          `${nameOf(spec.name)}: expected PICKSTREAM_PARTITIONS=${spec.partitions}, got ${partitions} partitions`,
        )
    }
    const expected = first ? first.partitions : group ? partitions : spec.partitions
    if (partitions !== expected) {
      const like = first ? `, as ${first.name} has` : ''
      fatal.push(`${nameOf(spec.name)}: expected ${expected} partitions${like}, got ${partitions}`)
    }
    const differs = (name: string, needed: Readonly<Record<string, string>>, into: string[]) => {
      const found = settings?.get(name)
      const value = needed[name]
      if (value !== undefined && found !== undefined && found !== value)
        into.push(`${nameOf(spec.name)}: expected ${name}=${value}, got ${found}`)
    }
    const needed = settingsOf(spec, 1)
    differs('cleanup.policy', needed, fatal)
    differs('message.timestamp.type', needed, fatal)
    differs('retention.ms', needed, warnings)
  }
  return { fatal, warnings }
}
