import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { eventually, type StartedProcess, startProcess } from '../support/start-process.ts'

/** One of the 300 simulated shoppers, and how many of the shopper's events must be in: about half of the past. */
const maya = 'demo-shopper-121'
const mayasEventsMin = 30
/** Looks, 250 ms apart, that must find nothing to do: what the stages report is older than that. */
const restLooks = 16

/** The demo shop as `npm start` runs it, on a folder and a port that outlive its process. */
export class Shop {
  private readonly folder = mkdtempSync(join(tmpdir(), 'pickstream-shop-'))
  private port = 0
  private process!: StartedProcess

  get address(): string {
    return this.process.address
  }

  async start(): Promise<void> {
    this.port ||= await freePort()
    this.process = await startProcess({
      PICKSTREAM_PORT: String(this.port),
      PICKSTREAM_DATA_DIR: this.folder,
      PICKSTREAM_TRAIN_EVENTS: '0',
      PICKSTREAM_TRAIN_MINUTES: '0',
    })
  }

  /** Resolves once the shop has its goods and a part of its past. From then on its simulated shoppers are paused. */
  async opened(): Promise<void> {
    const query = `{ pipeline { items } user(id: "${maya}") { events(first: ${mayasEventsMin}) { edges { cursor } } } }`
    await eventually(async () => {
      const { pipeline, user } = await this.ask(query)
      return pipeline.items > 900 && user?.events.edges.length === mayasEventsMin
    }, 100)
    await this.ask('mutation { setDemo(paused: true) { paused } }')
  }

  /** Of an opened shop. Resolves once no stage has had anything to do for some seconds: from then on lists change by the page alone. */
  async rest(): Promise<void> {
    let looksAtRest = 0
    await eventually(async () => {
      const { pipeline } = await this.ask('{ pipeline { stages { lag processedPerSecond } } }')
      const stages = pipeline.stages as { lag: number; processedPerSecond: number }[]
      const isAtRest = stages.every(({ lag, processedPerSecond }) => lag === 0 && processedPerSecond === 0)
      looksAtRest = isAtRest ? looksAtRest + 1 : 0
      return looksAtRest >= restLooks
    }, 250)
  }

  kill = () => this.process.kill()

  async close(): Promise<void> {
    await this.process?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  // biome-ignore lint/suspicious/noExplicitAny: the tests know what they asked for
  async ask(query: string, variables: object = {}): Promise<any> {
    const response = await fetch(`${this.address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown }
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
}

export const forYou = (page: Page): Locator => page.getByRole('complementary', { name: 'For you' })
const picks = (page: Page): Locator => forYou(page).locator('[data-item]')
export const pickOf = (page: Page, id: string): Locator => forYou(page).locator(`[data-item="${id}"]`)

/** Item ids as they stand on the page; a pick that is on its way out does not count. */
export async function shownIds(page: Page): Promise<string[]> {
  const ids = await picks(page).evaluateAll((all) =>
    all
      .filter((pick) => !(pick as { style?: { position?: string } }).style?.position)
      .map((pick) => (pick as unknown as { dataset: { item: string } }).dataset.item),
  )
  return ids
}

export async function shownList(page: Page): Promise<string[]> {
  await picks(page).first().waitFor()
  return shownIds(page)
}

/** Clicks the nth item of the grid and waits for its page; returns its title. */
export async function lookAt(page: Page, nth: number): Promise<string> {
  const link = page.getByRole('list', { name: 'Items' }).getByRole('article').nth(nth).getByRole('link')
  const title = (await link.textContent())!
  await link.click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  return title
}

export async function logInAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Shopping as/ }).click()
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
  await page.getByRole('button', { name: `Shopping as ${name}` }).waitFor()
  // The menu lay over the picks, which hold still for as long as the pointer is there.
  await page.mouse.move(5, 400)
}

/** Who the page takes its visitor for. */
export const shopperId = async (page: Page): Promise<string> =>
  (await page.evaluate('JSON.parse(localStorage.getItem("marigold.shopper")).id')) as string

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
