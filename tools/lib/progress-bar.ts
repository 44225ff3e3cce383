const drawEveryMs = 150
/** Interval of lines if standard error is not a terminal. */
const lineEveryMs = 10_000
const width = 30

export interface ProgressBar {
  /** `share` of the whole, 0 to 1. */
  update(share: number, count: number, note?: string): void
  /** Prints above the bar. */
  print(line: string): void
  end(): void
}

/** Shows one line on standard error: share, count, rate over the last seconds, and remaining time once it is known. */
export function progressBar(label: string, unit: string, out: NodeJS.WriteStream = process.stderr): ProgressBar {
  const started = performance.now()
  let firstShare: number | undefined
  let rate: number | undefined
  let last = { at: started, count: 0 }
  let drawnAt = Number.NEGATIVE_INFINITY
  let text = ''
  let isDrawn = false

  const draw = () => {
    isDrawn = true
    drawnAt = performance.now()
    out.write(out.isTTY ? `\r\x1b[K${text}` : `${text}\n`)
  }
  return {
    update(share, count, note = '') {
      const now = performance.now()
      firstShare ??= share
      if (now - last.at > 1000) {
        const current = ((count - last.count) / (now - last.at)) * 1000
        rate = rate === undefined ? current : rate * 0.7 + current * 0.3
        last = { at: now, count }
      }
      const done = share - firstShare
      const leftS = done > 0.001 ? (((1 - share) / done) * (now - started)) / 1000 : undefined
      const filled = Math.round(share * width)
      const bar = out.isTTY ? `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ` : ''
      const perSecond = rate !== undefined && `${Math.round(rate).toLocaleString('en')}/s`
      const parts = [`${count.toLocaleString('en')} ${unit}`, perSecond, time(leftS), note].filter(Boolean)
      text = `${label} ${bar}${(share * 100).toFixed(0).padStart(3)} %  ${parts.join('  ')}`
      isDrawn = false
      if (now - drawnAt >= (out.isTTY ? drawEveryMs : lineEveryMs)) draw()
    },
    print(line) {
      out.write(`${out.isTTY ? '\r\x1b[K' : ''}${line}\n`)
      if (out.isTTY && text) draw()
    },
    end() {
      if (text && !isDrawn) draw()
      if (out.isTTY && text) out.write('\n')
      text = ''
    },
  }
}

const time = (seconds: number | undefined): string => {
  if (seconds === undefined) return ''
  const minutes = Math.floor(seconds / 60)
  return minutes > 0 ? `${minutes} min ${Math.round(seconds % 60)} s left` : `${Math.round(seconds)} s left`
}
