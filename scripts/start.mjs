// npm start: installs and builds what is missing, then runs Pickstream as this process. --cluster: against Kafka and
// Cassandra, the server and the workers as processes of their own. Only Node is needed.
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
