import { expect, test } from 'vitest'
import { readConfig } from '../../platform/config.ts'
import { checkBinding } from './binding.ts'

const check = (env: Record<string, string>) => () => checkBinding(readConfig(env))

test.each(['127.0.0.1', '127.8.0.1', '::1', '[::1]', 'localhost'])('open access binds to %s', (PICKSTREAM_HOST) => {
  expect(check({ PICKSTREAM_HOST })).not.toThrow()
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'shop.example', '127.evil.example'])(
  'open access does not bind to %s; with access configured it does',
  (PICKSTREAM_HOST) => {
    expect(check({ PICKSTREAM_HOST })).toThrow('PICKSTREAM_HOST: expected a loopback address')
    const withKey = { PICKSTREAM_HOST, PICKSTREAM_ACCESS_API_KEYS: `a:service:${'0'.repeat(64)}` }
    expect(check(withKey)).not.toThrow()
  },
)
