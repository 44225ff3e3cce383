import type { EventLog } from '../../platform/ports/event-log.ts'
import {
  type DemoControl,
  type DemoName,
  type DemoProgress,
  decodeDemoControl,
  decodeDemoProgress,
  demoControlDefault,
  demoControlKey,
  demoProgressKey,
} from '../../schema/records/demo.ts'
import { topics } from '../../schema/topics.ts'

export interface ControlView {
  current(): DemoControl
  /** The stored progress, or the one written since. */
  progress(): DemoProgress | undefined
  stop(): Promise<void>
}

/** Follows topic demo-control. Resolves once its present records are read. */
export async function followControl(log: EventLog, name: DemoName): Promise<ControlView> {
  let current = demoControlDefault
  let progress: DemoProgress | undefined
  const following = await log.follow({ topic: topics.demoControl, from: 'beginning' }, (records) => {
    for (const { key, value } of records) {
      if (key === demoControlKey) current = value === null ? demoControlDefault : decodeDemoControl(value)
      if (key === demoProgressKey(name)) progress = value === null ? undefined : decodeDemoProgress(value)
    }
  })
  await following.caughtUp
  return { current: () => current, progress: () => progress, stop: () => following.stop() }
}
