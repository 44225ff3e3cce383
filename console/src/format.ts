const whole = new Intl.NumberFormat('en')
const money = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

export const count = (n: number): string => whole.format(Math.round(n))
export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`
export const amount = (value: number): string => money.format(value)
/** 0.1 → +10.0 % */
export const change = (share: number): string => `${share > 0 ? '+' : ''}${percent(share)}`
export const clock = (at: string | number): string => time.format(new Date(at))
export const when = (at: string): string => day.format(new Date(at))

/** 0 means not measured yet. */
export const latency = (value: number): string => (value > 0 ? ms(value) : '–')

export function ms(value: number): string {
  if (value < 10) return `${value.toFixed(1)} ms`
  if (value < 10_000) return `${count(value)} ms`
  return `${(value / 1000).toFixed(1)} s`
}

export function rate(perSecond: number): string {
  return perSecond < 10 ? `${perSecond.toFixed(1)}/s` : `${count(perSecond)}/s`
}

/** PURCHASE → purchase */
export const lower = (word: string): string => word.toLowerCase()

const idMax = 19

/** Shortens an id for a narrow column to its beginning and end. Ids of impressions end with the item. */
export const shortId = (id: string): string =>
  id.length <= idMax ? id : `${id.slice(0, 6)}…${id.slice(6 - idMax + 1)}`
