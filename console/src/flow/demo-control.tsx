import { useMutation } from 'urql'
import { sayError } from '../client.ts'
import { DemoDocument, SetDemoDocument } from '../generated/graphql.ts'
import { Outcome } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import css from './demo-control.module.css'

const paces = [1, 3, 10, 30, 100, 300]

/** Controls of the simulated shoppers: pause, resume, speed. Absent if no demo runs. */
export function DemoControl() {
  const { data } = useFreshQuery({ query: DemoDocument }, 5_000)
  const [changed, setDemo] = useMutation(SetDemoDocument)
  const demo = changed.data?.setDemo && changed.fetching ? changed.data.setDemo : data?.demo
  if (!demo) return null
  const { paused, eventsPerSecond } = demo
  const offered = [...new Set([...paces, eventsPerSecond])].sort((a, b) => a - b)
  return (
    <div className={css.demo}>
      <dt>Simulated shoppers</dt>
      <dd>
        <button type="button" aria-pressed={paused} onClick={() => void setDemo({ paused: !paused, eventsPerSecond })}>
          {paused ? 'Paused' : 'Pause'}
          <span className="unseen"> simulated shoppers</span>
        </button>
        <select
          aria-label="Events per second of the simulated shoppers"
          value={eventsPerSecond}
          onChange={({ target }) => void setDemo({ paused, eventsPerSecond: Number(target.value) })}
        >
          {offered.map((pace) => (
            <option key={pace} value={pace}>
              {pace} events/s
            </option>
          ))}
        </select>
        {changed.error && <Outcome bad>{sayError(changed.error)}</Outcome>}
      </dd>
    </div>
  )
}
