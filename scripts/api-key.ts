import { createHash, randomBytes } from 'node:crypto'

/** Makes an API key: `npm run api-key -- NAME service|operator`. Only its hash goes into the configuration. */
const [name, role] = process.argv.slice(2)
if (!name || !/^[a-z0-9-]{1,64}$/.test(name) || !['service', 'operator'].includes(role!)) {
  console.error('expected: npm run api-key -- NAME service|operator (NAME: lower-case letters, digits, -)')
  process.exit(1)
}
const key = randomBytes(32).toString('base64url')
const hash = createHash('sha256').update(key).digest('hex')
console.log(`Key, for the client (header x-api-key); it is shown only now:\n  ${key}`)
console.log(`Entry for PICKSTREAM_ACCESS_API_KEYS:\n  ${name}:${role}:${hash}`)
