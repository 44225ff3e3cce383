import { z } from 'zod'

export const flag = (fallback: boolean) =>
  z
    .enum(['on', 'off', 'true', 'false'])
    .optional()
    .transform((text) => (text === undefined ? fallback : text === 'on' || text === 'true'))

export const whole = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback)

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
)
