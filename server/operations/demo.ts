import type { EventLog, Following } from '../../platform/ports/event-log.ts'
import { AppError, messageOf } from '../../schema/app-error.ts'
import type { DemoStatus } from '../../schema/graphql/operations.ts'
import {
  type DemoControl,
  decodeDemoControl,
  demoControlDefault,
  demoControlKey,
  encodeDemoControl,
} from '../../schema/records/demo.ts'
import { topics } from '../../schema/topics.ts'

/** The newest command to the simulated shoppers. */
export class DemoView {
  private control: DemoControl = demoControlDefault

  follow(log: EventLog): Promise<Following> {
    return log.follow({ topic: topics.demoControl, from: 'beginning' }, (records) => {
      for (const { key, value } of records) {
        if (key === demoControlKey && value !== null) this.control = decodeDemoControl(value)
      }
    })
  }

  status(): DemoStatus {
    return this.control
  }
}

/**
 * Pauses, resumes or changes the rate of the simulated shoppers.
 * @throws AppError BAD_USER_INPUT where the rate is out of range
 */
export async function setDemo(log: EventLog, control: DemoControl): Promise<DemoStatus> {
  let value: Uint8Array
  try {
    value = encodeDemoControl(control)
  } catch (error) {
    const message = messageOf(error)
    throw new AppError('BAD_USER_INPUT', { message, issues: [{ path: 'eventsPerSecond', message }] })
  }
  await log.append(topics.demoControl, [{ key: demoControlKey, value }])
  return control
}
