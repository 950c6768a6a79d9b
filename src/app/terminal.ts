/** The process's output: log lines and announcements. */
export interface Terminal {
  /** Writes one log line, given as JSON. */
  readonly log: (line: string) => void
  /** Writes a sentence that the user must see, regardless of the log level. */
  readonly announce: (sentence: string, facts?: Readonly<Record<string, unknown>>) => void
}

export interface TerminalOptions {
  readonly format: 'text' | 'json'
  readonly out: {
    readonly write: (text: string) => unknown
    readonly isTTY?: boolean
    readonly columns?: number
  }
  /** Also prints error stacks in text format. */
  readonly withStacks?: boolean
}

interface Entry {
  readonly level: number
  readonly time: string
  readonly msg: string
  /** How many times in a row this happened, from 1. */
  readonly repeat?: number
  readonly err?: { readonly message?: string; readonly stack?: string }
}

const maxLength = 300
const eraseLineAbove = '\u001b[1A\u001b[2K'

/**
 * Opens the terminal: plain text for people, JSON for programs. On a TTY, a repeated line replaces the previous one; elsewhere,
 * only the 1st, 2nd, 4th, 8th … occurrence is written.
 */
export function openTerminal({ format, out, withStacks = false }: TerminalOptions): Terminal {
  const canErase = format === 'text' && out.isTTY === true
  let last = ''
  return {
    log: (line) => {
      // Most lines have no count, and a line per request isn't parsed for nothing.
      const repeat = line.includes('"repeat":') ? (JSON.parse(line) as Entry).repeat : undefined
      if (repeat !== undefined && !canErase && !isPowerOfTwo(repeat)) return
      if (format === 'json') return void out.write(line)
      const entry = JSON.parse(line) as Entry
      const isReplacing = canErase && repeat !== undefined && repeat > 1 && entry.msg === last
      last = repeat === undefined ? '' : entry.msg
      const text = toText(entry, withStacks)
      out.write(
        `${isReplacing ? eraseLineAbove : ''}${repeat === undefined ? text : clip(text, out.columns)}\n`,
      )
    },
    announce: (sentence, facts = {}) => {
      last = ''
      const entry = { level: 30, time: new Date().toISOString(), ...facts, msg: sentence }
      out.write(`${format === 'json' ? JSON.stringify(entry) : sentence}\n`)
    },
  }
}

const collectMs = 20

/**
 * Collects what is written to standard output within 20 ms and writes it in one call. A write to a pipe blocks the process; one per
 * request took a quarter of the time of a GET.
 */
export function createBufferedOutput(): TerminalOptions['out'] {
  let waiting = ''
  const flush = () => {
    const text = waiting
    waiting = ''
    if (text !== '') process.stdout.write(text)
  }
  process.on('exit', flush)
  return {
    write: (text) => {
      if (waiting === '') setTimeout(flush, collectMs).unref()
      waiting += text
    },
  }
}

/** Returns the wanted format; by default, text on a TTY and JSON elsewhere. */
export function terminalFormat(wanted: 'text' | 'json' | undefined, isTTY: boolean): 'text' | 'json' {
  return wanted ?? (isTTY ? 'text' : 'json')
}

function toText({ level, time, msg, repeat, err, ...facts }: Entry, withStacks: boolean): string {
  const sign = level >= 50 ? 'error: ' : level >= 40 ? 'warning: ' : level < 30 ? 'debug: ' : ''
  const because = err?.message === undefined || repeat !== undefined ? '' : `: ${err.message}`
  const count = repeat === undefined || repeat === 1 ? '' : ` (${repeat})`
  const details = Object.entries(facts).map(([name, value]) => ` ${name}=${toWord(value)}`)
  const line = clip(
    `${clock(time)} ${sign}${msg}${because}${count}${details.join('')}`.replaceAll(/\s+/g, ' '),
  )
  return withStacks && err?.stack !== undefined ? `${line}\n${err.stack}` : line
}

function toWord(value: unknown): string {
  return typeof value === 'string' && !/[\s"]/.test(value) ? value : JSON.stringify(value)
}

function clock(time: string): string {
  return new Date(time).toTimeString().slice(0, 8)
}

// Only one row can be erased, so a repeating line must not wrap. Some terminals report a width of 0.
function clip(text: string, columns = 0): string {
  const max = columns > 0 ? columns : maxLength
  return text.length < max ? text : `${text.slice(0, Math.max(1, max - 2))}…`
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0
}
