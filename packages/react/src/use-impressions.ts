import { type ImpressionObserver, observeImpressions, type RecommendationList } from '@pickstream/client'
import { type RefCallback, useEffect, useRef, useState } from 'react'
import { usePickstream } from './provider.ts'

/**
 * Records impressions: items of a list that came into view. Returns a ref for the element around the list, in which
 * each item has an element with its id as `data-item`. `onRecorded` is called with the ids of the events.
 */
export function useImpressions(
  userId: string,
  list: RecommendationList | undefined,
  onRecorded?: (eventIds: readonly string[]) => void,
): RefCallback<HTMLElement> {
  const client = usePickstream()
  const [element, ref] = useState<HTMLElement | null>(null)
  const [observer, setObserver] = useState<ImpressionObserver<RecommendationList>>()
  const recorded = useRef(onRecorded)
  useEffect(() => {
    recorded.current = onRecorded
  })
  useEffect(() => {
    const made = observeImpressions<RecommendationList>({
      onSeen({ id }, items) {
        const eventIds = client.recordImpressions(userId, id, items)
        recorded.current?.(eventIds)
      },
    })
    setObserver(made)
    return made.stop
  }, [client, userId])
  useEffect(() => {
    if (observer && element && list) observer.show(list, element.querySelectorAll('[data-item]'))
  }, [observer, element, list])
  return ref
}
