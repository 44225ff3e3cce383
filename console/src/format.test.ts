import { expect, test } from 'vitest'
import { shortId } from './format.ts'

test('ids in a narrow column can be told apart by their ends', () => {
  expect(['click-of-ada', 'impression-AAAAAAAAU8k-BBsGV..for-you-tent-11'].map(shortId)).toEqual([
    'click-of-ada',
    'impres…-you-tent-11',
  ])
})
