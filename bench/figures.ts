/** One line of the report: what was measured, where, and the bar that it is held to. */
export interface Figure {
  readonly what: string
  readonly on: 'Postgres' | 'embedded' | ''
  readonly value: number
  readonly unit: 'ms' | 's' | 'MB' | 'kB' | 'requests/s' | 'transactions/s' | 'of the floor' | '×' | ''
  /** Absent: printed for comparison alone. */
  readonly bar?: { readonly atMost: number } | { readonly atLeast: number }
  /** What it stands beside, such as the figure of the floor. */
  readonly note?: string
}

/** The value in the middle; of an even number the lower one of the two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below or at which this part of all values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}

/** Milliseconds that a piece of work takes. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** The figures as a Markdown table. */
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
    ['what', 'on', 'bar', 'figure', '', 'beside'],
    ['---', '---', '---', '---', '---', '---'],
    ...rows,
  ]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

/** Whether a figure reaches its bar; true where it has none. */
export function isMet({ value, bar }: Figure): boolean {
  if (bar === undefined) return true
  return 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast
}

function toDigits(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
