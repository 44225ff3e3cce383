import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openEmbedded } from '../../../platform/embedded/open-embedded.ts'
import { freePorts } from '../../../tools/local-cluster/ports.ts'
import { memoryMbOf } from '../memory.ts'
import { Program } from '../program.ts'
import { type Ports, productSettings, type Surroundings, type World } from '../world.ts'
import { type Disk, openDisk, plainDisk } from './disk.ts'

/** The one-process start on a folder of its own. */
export class EmbeddedWorld implements World {
  readonly platform = 'embedded'
  readonly recoveryMsMax = 45_000
  readonly url: string
  readonly product: Program
  /** For whatever a fault writes. */
  readonly dir: string
  private readonly dataDir: string
  private readonly skewFile: string

  private constructor(
    readonly disk: Disk,
    port: number,
    { dir, say, settings }: Surroundings,
  ) {
    this.url = `http://127.0.0.1:${port}/graphql`
    this.dir = dir
    this.dataDir = join(disk.dir, 'data')
    this.skewFile = join(dir, 'skew')
    this.product = new Program({
      name: 'pickstream',
      path: 'start/main.js',
      logFile: join(dir, 'pickstream.log'),
      env: {
        ...productSettings,
        ...settings,
        PICKSTREAM_DATA_DIR: this.dataDir,
        PICKSTREAM_PORT: String(port),
        CHAOS_SKEW_FILE: this.skewFile,
      },
      onEnded: say,
    })
  }

  static open(surroundings: Surroundings): Promise<EmbeddedWorld> {
    return EmbeddedWorld.on(openDisk, surroundings)
  }

  /** With room for a whole data set, which the small disk that can be filled does not have. */
  static openLarge(surroundings: Surroundings): Promise<EmbeddedWorld> {
    return EmbeddedWorld.on(plainDisk, surroundings)
  }

  private static async on(disk: typeof openDisk, surroundings: Surroundings): Promise<EmbeddedWorld> {
    const [port = 0] = await freePorts(1)
    const diskDir = join(surroundings.dir, 'disk')
    await mkdir(diskDir, { recursive: true })
    const world = new EmbeddedWorld(disk(diskDir, surroundings.say), port, surroundings)
    await world.product.start()
    return world
  }

  skewClock(ms: number): Promise<void> {
    return writeFile(this.skewFile, String(ms))
  }

  /** Works on the folder while nobody else has it. */
  async whileStopped<Result>(work: (embedded: Awaited<ReturnType<typeof openEmbedded>>) => Promise<Result>) {
    const embedded = await openEmbedded({ dir: this.dataDir })
    try {
      return await work(embedded)
    } finally {
      await embedded.close()
    }
  }

  memoryMb(): number {
    return memoryMbOf([this.product.pid])
  }

  async left<Result>(read: (ports: Ports) => Promise<Result>): Promise<Result> {
    await this.product.stop()
    return this.whileStopped(read)
  }

  async close(): Promise<void> {
    await this.product.kill()
    this.disk.close()
  }
}
