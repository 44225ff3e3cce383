import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type PipelineMember, pipelineMembers } from '../schema/event-flow.ts'
import { tables } from '../schema/tables.ts'
import { topics } from '../schema/topics.ts'
import { stageNames, topology } from './topology.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Of the product's code in a folder: the names behind `prefix`. */
function namesIn(folder: string, pattern: RegExp): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(file),
  )
  const text = files.map((file) => readFileSync(join(root, folder, file), 'utf8')).join('\n')
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name!))]
}

const folderOf = (name: string) => (name === 'server' ? 'server' : `workers/${name}`)
const tablesOf = ({ state, writes, reads }: PipelineMember): readonly string[] => [...state, ...writes, ...reads]

test('every stage and the trainer are members of the event flow, and the server is the only other one', () => {
  expect(pipelineMembers.map(([name]) => name).sort()).toEqual(['server', ...stageNames].sort())
  for (const [name, { from, emits }] of pipelineMembers) {
    if (name in topology) expect(topology[name as keyof typeof topology]).toMatchObject({ name, from, emits })
  }
})

test.each(pipelineMembers)('%s uses the tables that the event flow declares', (name, member) => {
  const used = namesIn(folderOf(name), /\btables\.(\w+)\b(?!\.ts)/g).filter((key) => key in tables)
  expect(tablesOf(member)).toEqual(expect.arrayContaining(used))
})

test.each(pipelineMembers)('%s appends to and follows the topics that the event flow declares', (name, member) => {
  const topicOf = (key: string) => topics[key as keyof typeof topics]
  const appended = namesIn(folderOf(name), /append\(\s*topics\.(\w+)/g).map(topicOf)
  expect([...member.emits, topics.deadLetter]).toEqual(expect.arrayContaining(appended))
  const emitted = namesIn(folderOf(name), /\btopic: topics\.(\w+)(?=, key| ?,\n\s+key)/g).map(topicOf)
  expect(member.emits).toEqual(expect.arrayContaining(emitted))
  const followed = namesIn(folderOf(name), /follow\(\{ topic: topics\.(\w+)/g).map(topicOf)
  expect(member.follows).toEqual(expect.arrayContaining(followed))
})

test('every topic is written and read, and every table is written, by a member or by what all stages share', () => {
  const members = pipelineMembers.map(([, member]) => member)
  const shared = [topics.deadLetter, topics.stageStatus, topics.spans, topics.demoControl]
  for (const topic of Object.values(topics)) {
    const isWritten = members.some(({ emits }) => (emits as readonly string[]).includes(topic))
    const isRead = members.some(({ from, follows }) => from === topic || (follows as readonly string[]).includes(topic))
    if (!shared.some((one) => one === topic)) expect([topic, isWritten, isRead]).toEqual([topic, true, true])
  }
  const written = members.flatMap(({ state, writes }) => [...state, ...writes])
  // Made once by whichever process comes first, and the journal of the runner that all stages share.
  expect([...new Set([...written, 'settings', 'attempts'])].sort()).toEqual(Object.keys(tables).sort())
})
