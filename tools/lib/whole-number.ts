import { InvalidArgumentError } from 'commander'

/** Parses the value of an option. @throws InvalidArgumentError, which commander prints with the name of the option */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1) return Number(text)
  throw new InvalidArgumentError(`expected a whole number of at least 1, got "${text}"`)
}
