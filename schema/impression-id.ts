import { hash } from 'node:crypto'

const hashCharacters = 22

/**
 * Event id of the IMPRESSION of an item in a list; the same however often it is reported. A recommendationId has no
 * line break, so different pairs hash different texts.
 */
export const impressionId = (recommendationId: string, itemId: string): string =>
  `impression-${hash('sha256', `${recommendationId}\n${itemId}`, 'base64url').slice(0, hashCharacters)}`
