import { describe, expect, test } from 'vitest'
import { OptionNeededError } from './file-error.ts'
import { parseTime, type TimeOptions } from './parse-time.ts'

const iso = (text: string, options?: TimeOptions, coarse?: boolean) =>
  new Date(parseTime(text, options, coarse)).toISOString()
const eight = '2026-10-01T08:15:00.000Z'
const six = '2026-10-01T06:15:00.000Z'

describe('times that say everything', () => {
  test.each([
    ['2026-10-01T08:15:00Z', eight],
    ['2026-10-01 08:15:00 UTC', eight],
    ['2026-10-01 08:15:00 GMT', eight],
    ['2026-10-01 08:15Z', eight],
    ['2026/10/01 08:15:00 UTC', eight],
    ['Thu, 01 Oct 2026 08:15:00 GMT', eight],
    ['01 Oct 2026 08:15:00 +0000', eight],
    ['Oct 1, 2026 8:15 AM UTC', eight],
    ['2026-10-01T10:15:00+02:00[Europe/Berlin]', eight],
    ['2026-10-01 08:15:00 +0200', six],
    ['2026-10-01T08:15:00 +02:00', six],
    ['2026-10-01 08:15:00+02', six],
    ['2026-10-01 08:15:00 Europe/Berlin', six],
    ['2026-10-01T08:15:00.123456Z', '2026-10-01T08:15:00.123Z'],
    ['2026-10-01T08:15:00,250Z', '2026-10-01T08:15:00.250Z'],
    ['2026-10-01T08:15:00.123456789Z', '2026-10-01T08:15:00.123Z'],
    ['1790842500', eight],
    ['1790842500.0', eight],
    ['1790842500.25', '2026-10-01T08:15:00.250Z'],
    ['1790842500000', eight],
    ['1790842500000137', eight],
    ['1790842500123456789', '2026-10-01T08:15:00.123Z'],
    ['20261001', '2026-10-01T00:00:00.000Z'],
    ['2026-10-01', '2026-10-01T00:00:00.000Z'],
    ['01-Jan-1995', '1995-01-01T00:00:00.000Z'],
    ['1939-08-15', '1939-08-15T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(iso(text)).toBe(expected)
  })
})

describe('times that an option completes', () => {
  test.each<[string, TimeOptions, string]>([
    ['2026-10-01 08:15', { zone: 'UTC' }, eight],
    ['2026-10-01 08:15:00', { zone: 'Europe/Berlin' }, six],
    ['2026-01-01 08:15:00', { zone: 'Europe/Berlin' }, '2026-01-01T07:15:00.000Z'],
    ['20261001081500', { zone: '+02:00' }, six],
    ['2026-10-25 02:30:00', { zone: 'Europe/Berlin' }, '2026-10-25T00:30:00.000Z'],
    ['2026-10-01', { zone: 'Europe/Berlin' }, '2026-09-30T22:00:00.000Z'],
    ['01/02/2026', { dates: 'dmy' }, '2026-02-01T00:00:00.000Z'],
    ['01/02/2026', { dates: 'mdy' }, '2026-01-02T00:00:00.000Z'],
    ['1.10.2026 08:15', { dates: 'dmy', zone: 'UTC' }, eight],
    ['10/1/2026 8:15 AM', { dates: 'mdy', zone: 'UTC' }, eight],
    ['12/13/2010 8:26 PM', { dates: 'mdy', zone: 'UTC' }, '2010-12-13T20:26:00.000Z'],
    ['12/13/2010 12:00 AM', { dates: 'mdy', zone: 'UTC' }, '2010-12-13T00:00:00.000Z'],
  ])('%s with %j', (text, options, expected) => {
    expect(iso(text, options)).toBe(expected)
  })

  test.each([
    ['2026-10-01 08:15', /has no time zone: set it, for example --zone UTC/],
    ['2026-10-01T08:15:00.123456', /--zone/],
    ['20261001081500', /--zone/],
    ['01/02/2026', /set --dates dmy or --dates mdy/],
    ['13/02/2026', /--dates/],
    ['1.10.2026 08:15', /--dates/],
    ['08:26', /a time of day without a date; join two columns with --map timestamp=DATE\+TIME/],
  ])('%s is not guessed', (text, message) => {
    expect(() => parseTime(text)).toThrow(OptionNeededError)
    expect(() => parseTime(text)).toThrow(message)
  })
})

test.each([
  ['2026-02-30', /a day that exists/],
  ['2026-02-30 10:00:00 UTC', /a day that exists/],
  ['0000-00-00 00:00:00', /a day that exists/],
  ['20260230', /a day that exists/],
  ['2026-10-01 25:00:00 UTC', /a time of day that exists/],
  ['2026-10-01 13:00 PM UTC', /an hour from 1 to 12/],
  ['44197.35', /date serial of a spreadsheet/],
  ['1.79084E+12', /a spreadsheet rounded it/],
  ['2026', /a whole date/],
  ['2026-10', /a whole date/],
  ['01/02/26', /a year of four digits/],
  ['yesterday', /ISO 8601 or seconds since 1970/],
  ['12', /ISO 8601 or seconds since 1970/],
  ['2026-10-01 08:15:00 CET', /ISO 8601/],
  ['2026-10-01 08:15:00 Mars/Olympus', /a time zone such as/],
  ['2026-03-29 02:30:00 Europe/Berlin', /a time of day that exists in Europe\/Berlin/],
])('%s is refused', (text, message) => {
  expect(() => parseTime(text, { zone: 'UTC', dates: 'dmy' })).toThrow(message)
})

test('a year or a month is the first day of it where coarse times are taken', () => {
  expect(iso('1927', {}, true)).toBe('1927-01-01T00:00:00.000Z')
  expect(iso('2024-05', {}, true)).toBe('2024-05-01T00:00:00.000Z')
})
