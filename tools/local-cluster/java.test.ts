import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNotAvailable } from './java.ts'

describe('whether a real Kafka and Cassandra can run here', () => {
  let bin: string
  const command = async (name: string, script: string) => {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }

  beforeAll(async () => {
    bin = await mkdtemp(join(tmpdir(), 'pickstream-bin-'))
  })
  afterAll(() => rm(bin, { recursive: true, force: true }))

  test('is said in words: no Java, another Java, no Maven, then nothing to say', async () => {
    const env = { PATH: bin }
    expect(whyNotAvailable(env)).toContain('Java 17 was not found')
    await command('java', 'echo \'openjdk version "21.0.2" 2024-01-16\' >&2')
    expect(whyNotAvailable(env)).toContain('"java" is version 21')
    await command('java', 'echo \'openjdk version "17.0.15" 2025-04-15\' >&2')
    expect(whyNotAvailable(env)).toContain('Maven was not found')
    await command('mvn', 'echo Apache Maven 3.8.7')
    expect(whyNotAvailable(env)).toBeUndefined()
  })

  test('is asked of the Java that JAVA_HOME names, when it is set', () => {
    expect(whyNotAvailable({ PATH: bin, JAVA_HOME: '/nowhere' })).toContain('"/nowhere/bin/java" does not run')
  })
})
