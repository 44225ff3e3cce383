// npm start: installs and builds what is missing, then runs Pickstream in this process. --cluster: on Kafka and Cassandra,
// with server and workers as child processes. Requires only Node.
import { build } from './build.mjs'

const parent = process.ppid

if (!build()) {
  console.error('The build failed; see above.')
  process.exit(1)
}
if (process.ppid !== parent) process.exit(143) // npm was stopped during the build
process.env.NODE_ENV ??= 'production'
process.setSourceMapsEnabled(true)
await import(process.argv.includes('--cluster') ? '../dist/start/cluster.js' : '../dist/start/main.js')
