import { openTcpProxy } from './tcp-proxy.ts'

/** A statement as it ran: a simple query, or one execution of a prepared statement. */
export interface WireStatement {
  readonly text: string
  /** The `application_name` of the connection. */
  readonly application: string
  /** Counts the connections of the proxy. */
  readonly connection: number
}

/** A proxy to Postgres that reads what its clients run. */
export interface WireProxy {
  /** The given URL through the proxy. */
  readonly url: string
  readonly close: () => Promise<void>
}

/** Calls back with each statement that goes to Postgres, in the order of the wire. */
export async function openWireProxy(
  targetUrl: string,
  onStatement: (statement: WireStatement) => void,
): Promise<WireProxy> {
  let connections = 0
  const proxy = await openTcpProxy(targetUrl, () => {
    const connection = ++connections
    return createReader((statement) => onStatement({ ...statement, connection }))
  })
  return { url: proxy.url, close: proxy.close }
}

const executed = 'E'
const simple = 'Q'

/** Reads a client's half of one connection (PostgreSQL's frontend protocol, version 3). */
function createReader(
  onStatement: (statement: Omit<WireStatement, 'connection'>) => void,
): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0)
  let application: string | null = null
  const texts = new Map<string, string>()
  const portals = new Map<string, string>()
  const read = (type: string, body: Buffer) => {
    const [first = '', second = ''] = stringsOf(body)
    if (type === 'P') texts.set(first, second)
    if (type === 'B') portals.set(first, texts.get(second) ?? '')
    if (type !== executed && type !== simple) return
    const text = type === simple ? first : (portals.get(first) ?? '')
    onStatement({ text: text.replace(/\s+/g, ' ').trim(), application: application ?? '' })
  }
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      // Only the first message has no type.
      const start = application === null ? 0 : 1
      if (rest.length < start + 4) return
      const end = start + rest.readInt32BE(start)
      if (rest.length < end) return
      const body = rest.subarray(start + 4, end)
      if (application === null) application = applicationOf(body)
      else read(rest.toString('latin1', 0, 1), body)
      rest = rest.subarray(end)
    }
  }
}

function stringsOf(body: Buffer): string[] {
  return body.toString('utf8').split('\0')
}

// A protocol version, then names and values by turns.
function applicationOf(startup: Buffer): string {
  const words = stringsOf(startup.subarray(4))
  return words[words.indexOf('application_name') + 1] ?? ''
}
