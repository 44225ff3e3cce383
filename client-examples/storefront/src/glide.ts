import type { AutoAnimationPlugin } from '@formkit/auto-animate'

const calm = matchMedia('(prefers-reduced-motion: reduce)')
const easing = 'cubic-bezier(0.2, 0.8, 0.2, 1)'

/**
 * FLIP animation (first, last, invert, play): picks that stay glide to their position, new ones slide in, removed ones
 * fade out.
 */
export const glide: AutoAnimationPlugin = (element, action, from, to) => {
  if (calm.matches) return new KeyframeEffect(element, null, 0)
  if (action === 'add') {
    const frames = [
      { opacity: 0, transform: 'translateX(2.5rem)' },
      { opacity: 1, transform: 'none' },
    ]
    // Starts after removed picks have faded out, so that their texts do not overlap.
    return new KeyframeEffect(element, frames, { duration: 420, delay: 130, fill: 'backwards', easing })
  }
  if (action === 'remove') {
    const frames = [{ opacity: 1 }, { opacity: 0, transform: 'scale(0.96)' }]
    return new KeyframeEffect(element, frames, { duration: 130, easing: 'ease-out' })
  }
  const [x, y] = [(from?.left ?? 0) - (to?.left ?? 0), (from?.top ?? 0) - (to?.top ?? 0)]
  const frames = [{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }]
  return new KeyframeEffect(element, frames, { duration: 420, easing })
}
