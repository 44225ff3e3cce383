import { connectionStore } from '../client.ts'
import { count, when } from '../format.ts'
import { liveStore } from '../live.ts'
import page from '../page.module.css'
import { Link, pathTo } from '../router.tsx'
import { Empty, Panel, Stat, Stats, Waiting } from '../ui/panel.tsx'
import { useStore } from '../use-store.ts'
import { DemoControl } from './demo-control.tsx'
import { LatencyPanel } from './latency-panel.tsx'
import { StageTable } from './stage-table.tsx'
import { TopologyPicture } from './topology-picture.tsx'
import { TrendsPanel } from './trends-panel.tsx'

/** The present state of the pipeline. */
export function FlowPage() {
  const live = useStore(liveStore)
  const connection = useStore(connectionStore)
  const { now } = live
  return (
    <>
      {now && (
        <Stats>
          <Stat name="Users with a history" value={count(now.users)} />
          <Stat name="Items" value={count(now.items)} />
          <Stat name="Open subscriptions" value={count(now.subscribers)} />
          <Stat
            name="Model that serves"
            value={
              now.model.version === 0 ? 'none yet' : <Link href={pathTo('models')}>version {now.model.version}</Link>
            }
            note={now.model.trainedAt ? `of ${when(now.model.trainedAt)}` : undefined}
          />
          <DemoControl />
        </Stats>
      )}
      <Panel
        title="Event flow"
        note="Every stage as it reports once a second; the sparklines go back up to 90 seconds."
      >
        {!now &&
          (connection === 'offline' ? (
            <Empty>The server cannot be reached. This page reconnects automatically.</Empty>
          ) : (
            <Waiting />
          ))}
        {now?.stages.length === 0 && <Empty>No stage has reported within the last 5 seconds: no worker runs.</Empty>}
        {now && now.stages.length > 0 && <TopologyPicture live={live} subscribers={now.subscribers} />}
      </Panel>
      <div className={page.columns} data-even>
        <LatencyPanel />
        <TrendsPanel />
      </div>
      {now && now.stages.length > 0 && <StageTable pipeline={now} />}
    </>
  )
}
