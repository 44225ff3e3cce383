const barWidth = 30

/** A progress bar on a terminal; silent elsewhere, so that logs stay readable. */
export class Progress {
  private shownAt = 0
  private readonly begunAt = Date.now()

  constructor(private readonly out: NodeJS.WriteStream) {}

  /** Runs a generator to its end, drawing what it yields. */
  run<Step, Result>(
    title: string,
    work: Generator<Step, Result>,
    read: (step: Step) => { label: string; done: number },
  ): Result {
    const begun = Date.now()
    for (;;) {
      const step = work.next()
      if (step.done) return step.value
      const { label, done } = read(step.value)
      this.draw(label === title ? title : `${title}: ${label}`, done, (Date.now() - begun) / 1000)
    }
  }

  end(): void {
    if (this.out.isTTY) this.out.write('\r\x1b[K')
  }

  draw(title: string, done: number, seconds = (Date.now() - this.begunAt) / 1000): void {
    if (!this.out.isTTY || Date.now() - this.shownAt < 100) return
    this.shownAt = Date.now()
    const filled = Math.round(done * barWidth)
    const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
    this.out.write(`\r\x1b[K${bar} ${(done * 100).toFixed(0).padStart(3)} % ${seconds.toFixed(0)} s  ${title}`)
  }
}
