import { z } from 'zod'

/** `on`, `off`, `true` or `false`. */
export const flag = (fallback: boolean) =>
  z
    .enum(['on', 'off', 'true', 'false'])
    .optional()
    .transform((text) => (text === undefined ? fallback : text === 'on' || text === 'true'))

/** A whole number from `min` to `max`. */
export const whole = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback)

/** Values separated by commas. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
)

const copiesMax = 9

/** `3`, or copies per data center: `dc1:3,dc2:3`. */
export const replication = z.string().transform((text, context): number | Readonly<Record<string, number>> => {
  const copiesOf = (number: string) => (/^[1-9]$/.test(number) ? Number(number) : undefined)
  const alone = copiesOf(text)
  if (alone !== undefined) return alone
  const centers = new Map<string, number>()
  for (const part of text.split(',')) {
    const [, name, copies] = /^\s*([\w.-]+):(\d+)\s*$/.exec(part) ?? []
    const count = copies === undefined ? undefined : copiesOf(copies)
    if (name === undefined || count === undefined || centers.has(name)) {
      const rule = `expected 1 to ${copiesMax}, or data centers with their copies (dc1:3,dc2:3), each once`
      context.addIssue({ code: 'custom', message: rule })
      return z.NEVER
    }
    centers.set(name, count)
  }
  return Object.fromEntries(centers)
})
