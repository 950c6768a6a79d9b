import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** A longer line isn't a message of any agent; the rest of it is dropped. */
export const maxLineChars = 16 * 1024 * 1024
const maxTailChars = 4_000

/** The end of what a stream has printed, as text. */
export interface Tail {
  readonly add: (text: string) => void
  readonly clear: () => void
  readonly text: () => string
}

/** Creates a tail of at most 4,000 characters. */
export function createTail(): Tail {
  let text = ''
  return {
    add: (more) => {
      text = `${text}${more.slice(-maxTailChars)}`.slice(-maxTailChars)
    },
    clear: () => {
      text = ''
    },
    text: () => text,
  }
}

/** Calls `onLine` for each line of a stream. Memory stays bounded: of a line that is too long, only its start is kept. */
export function readLines(
  stream: Readable,
  onLine: (line: string) => void,
  maxChars: number = maxLineChars,
): Promise<void> {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  const add = (text: string) => {
    const kept = text.slice(0, maxChars - length)
    if (kept !== '') parts.push(kept)
    length += kept.length
  }
  const end = () => {
    if (length > 0) onLine(parts.join(''))
    parts = []
    length = 0
  }
  stream.on('data', (chunk: Buffer) => {
    const [first = '', ...others] = decoder.write(chunk).split('\n')
    add(first)
    for (const other of others) {
      end()
      add(other)
    }
  })
  return new Promise((resolve) => {
    const close = () => {
      end()
      resolve()
    }
    stream.once('end', close)
    stream.once('close', close)
    stream.once('error', close)
  })
}
