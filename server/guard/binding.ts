import { isIP } from 'node:net'
import type { Config } from '../../platform/config.ts'
import { isAccessConfigured } from './authenticator.ts'

/** @throws Error if access is open and the address is not a loopback address: every client would be an operator */
export function checkBinding(config: Config): void {
  if (isAccessConfigured(config) || isLoopback(config.HOST)) return
  throw new Error(
    `PICKSTREAM_HOST: expected a loopback address while access is open, got ${JSON.stringify(config.HOST)}. ` +
      'Set PICKSTREAM_ACCESS_JWT_SECRET, PICKSTREAM_ACCESS_JWKS_URL or PICKSTREAM_ACCESS_API_KEYS first.',
  )
}

export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name === '::1') return true
  return isIP(name) === 4 && name.startsWith('127.')
}
