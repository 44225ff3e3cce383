import { afterAll, expect, test } from 'vitest'
import { eventOptions } from './read-flags.ts'
import { checkpointFile } from './resume.ts'
import { TestFiles } from './testing-files.ts'

const files = new TestFiles()
afterAll(() => files.remove())

test('every option that decides how rows are read has a checkpoint of its own', () => {
  const file = files.write('events.csv', 'user,item\n')
  const flags = [
    {},
    { type: 'VIEW' },
    { types: 'a=VIEW' },
    { types: 'a=VIEW,b=CART' },
    { anonymous: '0' },
    { anonymous: '0,1' },
    { zone: 'UTC' },
  ]
  const paths = flags.map((one) => checkpointFile(file, 'http://server', eventOptions(one)))
  expect(new Set(paths).size).toBe(flags.length)
  expect(checkpointFile(file, 'http://server', eventOptions(flags[3]!))).toBe(paths[3])
})
