import type { Findings } from '../findings.ts'

export interface Attempt<Data> {
  readonly data: Data
  /** More than one was sent: an earlier one may have arrived, or may still. */
  readonly retried: boolean
}

interface Answer<Data> {
  readonly data?: Data | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions?: { code?: string; retriable?: boolean }
  }[]
}

export interface ClientOptions {
  readonly url: string
  readonly findings: Findings
  readonly signal?: AbortSignal
}

const requestMsMax = 30_000
/** A whole cluster may be started anew meanwhile. */
const answerMsMaxDefault = 300_000
const pauseMs = 150

/** A client that does what the contract says: what is retriable, or got no answer, is sent again as it was. */
export class ChaosClient {
  /** Refusals by their code, for the report. */
  readonly codes = new Map<string, number>()

  constructor(private readonly options: ClientOptions) {}

  /** @returns undefined where it was refused for good or did not succeed within `answerMsMax`; both are findings. */
  async ask<Data>(
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    answerMsMax = answerMsMaxDefault,
  ): Promise<Attempt<Data> | undefined> {
    const { findings, signal } = this.options
    const body = JSON.stringify({ query, variables })
    const deadline = performance.now() + answerMsMax
    let last = 'no answer'
    for (let tries = 1; !signal?.aborted; tries++) {
      const answer = await this.send<Data>(body)
      if (typeof answer === 'string') last = answer
      else {
        if (answer.data && !answer.errors) return { data: answer.data, retried: tries > 1 }
        const [error] = answer.errors ?? []
        const code = error?.extensions?.code
        if (code === undefined)
          findings.add('refused', `an error without a code: ${JSON.stringify(answer).slice(0, 300)}`)
        this.codes.set(code ?? 'none', (this.codes.get(code ?? 'none') ?? 0) + 1)
        last = `${code}: ${error?.message}`
        if (!error?.extensions?.retriable) {
          if (code !== undefined) findings.add('refused', `for good: ${last}`)
          return undefined
        }
      }
      if (performance.now() > deadline) {
        findings.add('refused', `not within ${answerMsMax} ms and ${tries} tries: ${last}`)
        return undefined
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    return undefined
  }

  /** @returns why there was no answer at all */
  private async send<Data>(body: string): Promise<Answer<Data> | string> {
    try {
      const timeout = AbortSignal.timeout(requestMsMax)
      const { url, signal } = this.options
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      return (await response.json()) as Answer<Data>
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      return String(cause)
    }
  }
}
