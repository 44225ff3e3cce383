import { readConfig } from '../platform/config.ts'
import { closeInOrder, untilStopped } from '../platform/lifecycle.ts'
import { createLogger } from '../platform/logger.ts'
import { openPlatform } from '../platform/open-platform.ts'
import { messageOf } from '../schema/app-error.ts'
import { banner } from './banner.ts'
import { supervise } from './supervise.ts'

/** The start on Kafka and Cassandra: server and workers as child processes, which are restarted when one ends. */
async function main(): Promise<void> {
  const env = { PICKSTREAM_PLATFORM: 'cluster', PICKSTREAM_DEMO: 'off', PICKSTREAM_LOG_LEVEL: 'warn', ...process.env }
  const config = readConfig(env)
  const logger = createLogger(config, 'start')
  const platform = await openPlatform({ config, logger, name: 'start' }) // creates topics and tables before the children use them
  await platform.close()

  const root = new URL('..', import.meta.url)
  const start = (name: string, path: string) => supervise({ name, module: new URL(path, root), env, logger })
  const children = [
    start('workers', 'workers/main.js'),
    start('server', 'server/main.js'),
    ...(config.DEMO ? [start('demo', 'start/demo/main.js')] : []),
  ]
  const server = children[1]!
  void server.firstMessage.then((message) => console.log(banner((message as { address: string }).address, config)))

  await untilStopped()
  const closing = [...children.slice(1), children[0]!].map(({ name, stop }) => ({ name, close: stop }))
  await closeInOrder(closing, config.SHUTDOWN_MS_MAX + 2000, logger)
  process.exit(0)
}

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(1)
})
