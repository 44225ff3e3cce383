import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { artifacts, type ServiceKind, versions } from './versions.ts'

const mvnMsMax = 10 * 60_000

/** Outside the checkout, so that a fresh clone starts without fetching 120 MB again. */
function jarCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pickstream', 'jars')
}

/**
 * Returns the folder with the jars of one service, fetched by Maven if it does not exist. Safe to run by several
 * processes at once: each fetches into its own folder, and the first rename wins.
 */
export async function resolveJars(kind: ServiceKind, cacheDir = jarCacheDir()): Promise<string> {
  const pom = pomOf(kind)
  const lib = join(cacheDir, `${kind}-${versions[kind]}-${createHash('sha256').update(pom).digest('hex').slice(0, 8)}`)
  if (existsSync(lib)) return lib
  await mkdir(cacheDir, { recursive: true })
  const work = await mkdtemp(join(cacheDir, `.${kind}-`))
  try {
    await writeFile(join(work, 'pom.xml'), pom)
    await copyDependencies(work)
    await rename(join(work, 'lib'), lib).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return lib
}

async function copyDependencies(work: string): Promise<void> {
  const goal = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}:copy-dependencies`
  const args = ['-q', '-B', '-f', join(work, 'pom.xml'), goal, '-DincludeScope=runtime', '-DoutputDirectory=lib']
  try {
    await promisify(execFile)('mvn', args, { cwd: work, timeout: mvnMsMax, maxBuffer: 16 * 1024 * 1024 })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`Maven could not fetch the jars:\n${stdout}${stderr}`.slice(0, 4_000), { cause: error })
  }
}

const pomOf = (kind: ServiceKind): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>pickstream</groupId>
  <artifactId>${kind}-jars</artifactId>
  <version>1</version>
  <dependencies>
${artifacts[kind]
  .map(
    ({ groupId, artifactId, version }) =>
      `    <dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`,
  )
  .join('\n')}
  </dependencies>
</project>
`
