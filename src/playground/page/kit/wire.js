const RETRY_MS = 2000

/**
 * Connects the page to the playground as one person: the state after each connect, then events.
 * @param {{ person: string | undefined, onState(state: object): void, onEvents(events: object[]): void,
 *   onOnline(online: boolean): void, onLocked(): void }} options
 */
export function openWire({ person, onState, onEvents, onOnline, onLocked }) {
  const as = person === undefined ? '' : `?as=${encodeURIComponent(person)}`
  let source
  let retry
  let closed = false
  let held = null
  let waiting = []
  let loads = 0

  async function load() {
    const turn = ++loads
    held = []
    waiting = []
    try {
      const state = await read(await fetch(`/client/state${as}`))
      if (closed || turn !== loads) return
      onState(state)
      onOnline(true)
      const events = held
      held = null
      if (events.length > 0) onEvents(events)
    } catch {
      if (turn === loads && !closed) reconnect()
    }
  }

  // Batch a burst into one frame; a hidden tab has no frames, so flush immediately.
  function gather(event) {
    waiting.push(event)
    if (document.hidden) flush()
    else if (waiting.length === 1) requestAnimationFrame(flush)
  }

  function flush() {
    const events = waiting
    waiting = []
    if (events.length > 0 && !closed) onEvents(events)
  }

  function connect() {
    clearTimeout(retry)
    source?.close()
    source = new EventSource(`/client/events${as}`)
    source.addEventListener('hello', load)
    source.addEventListener('message', ({ data }) => {
      const event = JSON.parse(data)
      if (held) held.push(event)
      else gather(event)
    })
    source.addEventListener('error', () => {
      onOnline(false)
      if (source.readyState !== EventSource.CLOSED) return
      void renewCookie()
      reconnect()
    })
  }

  // The key changes on each start. On the same machine, requesting the page renews the cookie.
  async function renewCookie() {
    try {
      await fetch('/', { method: 'HEAD' })
      const { status } = await fetch(`/client/state${as}`, { method: 'HEAD' })
      if (status === 401 && !closed) onLocked()
    } catch {
      // The playground isn't up yet.
    }
  }

  function reconnect() {
    source?.close()
    clearTimeout(retry)
    if (!closed) retry = setTimeout(connect, RETRY_MS)
  }

  connect()
  return {
    /** @param {string} path @param {object} body @param {AbortSignal} [signal] */
    post: async (path, body, signal) =>
      read(
        await fetch(`/client/${path}${as}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          signal,
        }),
      ),
    /** @param {File} file @param {{ kind: 'photo' | 'document', caption?: string, replyTo?: number }} what */
    upload: async (file, what) => {
      const form = new FormData()
      form.set('file', file, file.name)
      for (const [name, value] of Object.entries(what)) if (value !== undefined) form.set(name, String(value))
      return read(await fetch(`/client/upload${as}`, { method: 'POST', body: form }))
    },
    earlier: async (before) => read(await fetch(`/client/earlier${as}${as ? '&' : '?'}before=${before}`)),
    fileUrl: (id, name) =>
      `/client/file/${encodeURIComponent(id)}${name ? `/${encodeURIComponent(name)}` : ''}`,
    close: () => {
      closed = true
      clearTimeout(retry)
      source.close()
    },
  }
}

async function read(response) {
  const body = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(body.error ?? "The playground isn't responding")
  return body
}
