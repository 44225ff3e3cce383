import type { ChildProcess } from 'node:child_process'
import type { Answer, CrowdOrder, ServerOrder } from './messages.ts'

/** In a child: runs requests one by one and answers each. */
export function obey<Order>(carryOut: (order: Order) => Promise<Answer>): void {
  process.on('message', (order: Order) => {
    carryOut(order).then(
      (answer) => process.send?.(answer),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
  process.once('SIGTERM', () => process.exit(0))
}

/** In the bench: sends a child a request and waits for its answer. */
export function order(child: ChildProcess, what: ServerOrder | CrowdOrder): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error(`a process of the bench ended during request "${what.kind}"`))
    child.once('exit', onExit)
    child.once('message', (answer) => {
      child.off('exit', onExit)
      resolve(answer as Answer)
    })
    child.send(what)
  })
}
