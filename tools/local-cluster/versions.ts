/**
 * Versions that `npm run cluster` runs, pinned so that every machine has the same jars. docker-compose.yml has the
 * same versions.
 */
export const versions = {
  kafka: '4.1.0',
  cassandra: '5.0.5',
  mavenDependencyPlugin: '3.8.1',
} as const

export type ServiceKind = 'kafka' | 'cassandra'

interface Artifact {
  readonly groupId: string
  readonly artifactId: string
  readonly version: string
}

export const artifacts: Record<ServiceKind, readonly Artifact[]> = {
  kafka: [
    { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version: versions.kafka },
    { groupId: 'org.apache.kafka', artifactId: 'kafka-tools', version: versions.kafka },
  ],
  cassandra: [{ groupId: 'org.apache.cassandra', artifactId: 'cassandra-all', version: versions.cassandra }],
}
