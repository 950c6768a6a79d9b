/** One line of the report: what was measured, on which database, and its limit. */
export interface Figure {
  readonly what: string
  readonly on: 'Postgres' | 'embedded' | ''
  readonly value: number
  readonly unit: 'ms' | 's' | 'MB' | 'kB' | 'requests/s' | 'transactions/s' | 'of the floor' | '×' | ''
  /** The limit the figure must meet, if any. */
  readonly bar?: { readonly atMost: number } | { readonly atLeast: number }
  /** What the value is compared with, e.g. the floor's rate. */
  readonly note?: string
}

/** Returns the median; for an even count, the lower of the two middle values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Returns the smallest value that at least this share of the values doesn't exceed. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}

/** Measures how many milliseconds some work takes. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Formats the figures as a Markdown table. */
export function toTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    figure.on,
    figure.bar === undefined
      ? ''
      : 'atMost' in figure.bar
        ? `≤ ${figure.bar.atMost}`
        : `≥ ${figure.bar.atLeast}`,
    `${toDigits(figure.value)} ${figure.unit}`.trim(),
    figure.bar === undefined ? '' : isMet(figure) ? 'met' : '**missed**',
    figure.note ?? '',
  ])
  const lines = [
    ['what', 'database', 'bar', 'result', '', 'notes'],
    ['---', '---', '---', '---', '---', '---'],
    ...rows,
  ]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

/** Returns whether a figure meets its limit; true if it has none. */
export function isMet({ value, bar }: Figure): boolean {
  if (bar === undefined) return true
  return 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast
}

/** Formats the README's three lines. Throws if a figure wasn't measured. */
export function toHeadlines(figures: readonly Figure[]): string {
  const show = (what: string, on: Figure['on']) => {
    const figure = figures.find((each) => each.what === what && each.on === on)
    if (figure === undefined)
      throw new Error(`"${what}" on ${on} was not measured; run without --only and --on.`)
    return `${toDigits(figure.value)} ${figure.unit}`
  }
  const both = (what: string) => `${show(what, 'Postgres')} on Postgres, ${show(what, 'embedded')} embedded`
  const large = ['list of open tasks', 'search', 'board', 'claim']
    .map((verb) => `${verb} ${show(`${verb}, p95`, 'Postgres')}`)
    .join(', ')
  return [
    `- Start to ready: ${both('start to ready')}. Idle memory: ${both('memory, idle')}.`,
    `- Your message to the bot's answer, p95 without the network: ${both('update received → answer sent, p95')}.`,
    `- 50,000 tasks on Postgres, p95: ${large}.`,
  ].join('\n')
}

function toDigits(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
