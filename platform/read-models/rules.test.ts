import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { aFolder, anEmbedded } from '../embedded/testing/programs.ts'
import { followRules, watchRulesFile } from './rules.ts'

async function aLog() {
  const { log } = await anEmbedded({ dir: aFolder() })
  await log.createTopics(topicSpecs(1))
  return log
}

test('a file of rules is published at the start and whenever it changes, and once by all who keep it', async () => {
  const log = await aLog()
  const file = join(aFolder(), 'rules.yaml')
  const wrong: unknown[] = []
  writeFileSync(file, 'freshnessHalfLifeDays: 3\n')
  const keep = () => watchRulesFile(log, file, (error) => wrong.push(error), 20)
  const keepers = [await keep(), await keep()]
  const rules = await followRules(log)
  const version = () => rules.current().version
  await expect.poll(version).toBe(1)

  writeFileSync(file, 'freshnessHalfLifeDays: 14\n')
  await expect.poll(version).toBeGreaterThan(1)
  const changed = version()
  expect(rules.current().source).toContain('14')

  writeFileSync(file, 'freshnessHalfLifeDays: a week\n')
  await expect.poll(() => wrong.length).toBeGreaterThan(0)
  expect(String(wrong[0])).toContain('freshnessHalfLifeDays')
  expect(version()).toBe(changed)
  await Promise.all([rules, ...keepers].map((one) => one.stop()))
})

test('rules that are not valid, whoever wrote them, leave those that apply', async () => {
  const log = await aLog()
  const good = Buffer.from('freshnessHalfLifeDays: 3\n')
  const records = [good, Buffer.from('nonsense: 1'), Buffer.from('{')].map((value) => ({ key: 'current', value }))
  await log.append(topics.rules, records)
  const rules = await followRules(log)
  expect(rules.current()).toMatchObject({ version: 1, source: good.toString() })
  await rules.stop()
})

test('a file of rules that cannot be read is named with its setting', async () => {
  const missing = join(aFolder(), 'missing.yaml')
  await expect(watchRulesFile(await aLog(), missing, () => {})).rejects.toThrow(
    /PICKSTREAM_RULES_FILE: .*missing\.yaml/,
  )
})
