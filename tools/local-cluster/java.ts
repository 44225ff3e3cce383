import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Cassandra 5.0 runs on Java 11 and 17, Kafka 4.1 on 17 and later: 17 is what both take. */
const javaMajor = 17

export function javaCommand(env: NodeJS.ProcessEnv = process.env): string {
  return env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java'
}

/**
 * @returns undefined if Kafka and Cassandra can be started on this machine, else the reason.
 * The first start needs Maven and the network once, for the jars.
 */
export function whyNotAvailable(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const java = javaCommand(env)
  const found = versionOf(java, ['-version'], env)
  if (found === undefined)
    return `Java ${javaMajor} was not found: "${java}" does not run (install it, or set JAVA_HOME)`
  const major = /version "(\d+)/.exec(found)?.[1]
  if (major !== String(javaMajor)) return `Java ${javaMajor} is needed by Cassandra 5.0, "${java}" is version ${major}`
  if (versionOf('mvn', ['-v'], env) === undefined) {
    return 'Maven was not found: "mvn" does not run (it fetches the jars of Kafka and Cassandra)'
  }
  return undefined
}

/** Both outputs, since Java prints its version to stderr. */
function versionOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  try {
    return execFileSync('/bin/sh', ['-c', '"$0" "$@" 2>&1', command, ...args], {
      encoding: 'utf8',
      env,
      timeout: 30_000,
    })
  } catch {
    return undefined
  }
}
