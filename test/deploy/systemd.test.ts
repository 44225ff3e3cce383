import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readConfig } from '../../platform/config.ts'

const root = new URL('../../', import.meta.url)
const folder = new URL('deploy/systemd/', root)
const units = readdirSync(fileURLToPath(folder)).filter((name) => name.endsWith('.service'))

test.each(units)('%s starts a program that is built, with settings that exist', (name) => {
  const unit = readFileSync(new URL(name, folder), 'utf8')
  const [, program] = /^ExecStart=\/usr\/bin\/env node (?:--\S+ )*dist\/(.*)\.js$/m.exec(unit)!
  expect(existsSync(new URL(`${program}.ts`, root))).toBe(true)
  const environment = /^Environment=(.*)$/m
    .exec(unit)![1]!
    .split(' ')
    .map((pair) => pair.split('=') as [string, string])
  expect(() => readConfig(Object.fromEntries(environment))).not.toThrow()
  const [, stopSeconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit)!
  expect(Number(stopSeconds) * 1000).toBeGreaterThan(readConfig({}).SHUTDOWN_MS_MAX)
})

test('the unit of one process has the flags of `npm start`', () => {
  const flagsOf = (command: string) => command.split(' ').filter((word) => word.startsWith('--'))
  const unit = readFileSync(new URL('pickstream.service', folder), 'utf8')
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  expect(flagsOf(/^ExecStart=(.*)$/m.exec(unit)![1]!)).toEqual(flagsOf(scripts.start))
})
