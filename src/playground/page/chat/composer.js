import { byId, isTouch } from '../kit/dom.js'
import { createAttachments } from './attachments.js'
import { toSummary } from './bubble.js'
import { createSuggest } from './suggest.js'

/**
 * Creates the composer: text, reply or edit, files, commands and inline results.
 * @param {{ getBot(): { username: string, name: string }, getCommands(): ReadonlyArray<object>,
 *   say(text: string, replyTo?: number): Promise<unknown>, edit(messageId: number, text: string): Promise<unknown>,
 *   upload(file: File, what: object): Promise<unknown>, search(query: string, signal: AbortSignal): Promise<object>,
 *   choose(queryId: string, resultId: string, replyTo?: number): Promise<unknown>, start(payload: string): void,
 *   findOwnLast(): object | undefined, onError(error: Error): void }} options
 */
export function createComposer(options) {
  const form = byId('composer')
  const input = byId('input')
  const context = byId('context')
  const menu = byId('menu')
  let reply
  let editing
  let busy = false

  const attachments = createAttachments({
    onChange: refresh,
    onRefuse: (reason) => options.onError(new Error(reason)),
  })
  const suggest = createSuggest({
    input,
    getBot: options.getBot,
    getCommands: options.getCommands,
    search: options.search,
    onCommand: (command) => {
      setText('')
      void attempt(() => options.sendText(command, takeReply()))
    },
    onFill: setText,
    onStart: (payload) => {
      setText('')
      options.start(payload)
    },
    onChoose: (queryId, resultId) => {
      setText('')
      void attempt(() => options.choose(queryId, resultId, takeReply()))
    },
  })

  function refresh() {
    const written = input.value.trim() !== ''
    form.classList.toggle('written', written || editing !== undefined)
    form.classList.toggle('editing', editing !== undefined)
    byId('send').disabled = !written && attachments.isEmpty()
    byId('send').setAttribute('aria-label', editing ? 'Save' : 'Send')
    if (!CSS.supports('field-sizing', 'content')) growField()
    menu.hidden = options.getCommands().length === 0
  }

  function growField() {
    const scroll = byId('scroll')
    const top = scroll.scrollTop
    input.style.height = 'auto'
    input.style.height = `${input.scrollHeight}px`
    scroll.scrollTop = top
  }

  function setText(text) {
    input.value = text
    refresh()
    suggest.update()
    if (text) {
      input.focus()
      input.setSelectionRange(text.length, text.length)
    }
  }

  function showContext() {
    const message = editing ?? reply
    context.hidden = message === undefined
    if (message === undefined) return
    const name = editing ? 'Edit message' : `Reply to ${message.mine ? 'yourself' : options.getBot().name}`
    context.querySelector('.quote-name').textContent = name
    context.querySelector('.quote-text').textContent = toSummary(message)
    context.querySelector('use').setAttribute('href', editing ? '#i-edit' : '#i-reply')
  }

  function setReply(message, placeholder) {
    if (editing) cancel()
    reply = message
    input.placeholder = placeholder || 'Message'
    showContext()
    input.focus()
  }

  function takeReply() {
    const id = reply?.message_id
    reply = undefined
    input.placeholder = 'Message'
    showContext()
    return id
  }

  function cancel() {
    if (editing) setText('')
    editing = undefined
    takeReply()
    refresh()
  }

  async function attempt(work) {
    try {
      await work()
      return true
    } catch (error) {
      options.onError(error)
      return false
    }
  }

  async function submit() {
    const text = input.value.trimEnd()
    if (busy || (text.trim() === '' && attachments.isEmpty())) return
    busy = true
    suggest.close()
    if (editing) await submitEdit(text)
    else if (attachments.isEmpty()) await submitText(text)
    else await submitFiles(text)
    busy = false
  }

  async function submitEdit(text) {
    const { message_id: id } = editing
    if (await attempt(() => options.edit(id, text))) cancel()
  }

  async function submitText(text) {
    const before = reply
    setText('')
    if (await attempt(() => options.sendText(text, takeReply()))) return
    if (input.value === '') setText(text)
    if (before) setReply(before)
  }

  async function submitFiles(text) {
    const replyTo = takeReply()
    let caption = text
    for (const entry of attachments.peek()) {
      const what = { kind: entry.kind, caption: caption || undefined, replyTo }
      if (!(await attempt(() => options.upload(entry.file, what)))) return
      if (caption) setText('')
      caption = ''
      attachments.drop(entry)
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit()
  })
  input.addEventListener('input', () => {
    refresh()
    if (!editing) suggest.update()
  })
  input.addEventListener('blur', suggest.close)
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || suggest.handleKey(event)) return
    if (event.key === 'Enter' && !event.shiftKey && !isTouch()) {
      event.preventDefault()
      void submit()
    } else if (event.key === 'Escape' && (editing || reply)) cancel()
    else if (event.key === 'ArrowUp' && input.value === '' && !editing) {
      const own = options.findOwnLast()
      if (own) {
        event.preventDefault()
        startEdit(own)
      }
    }
  })
  byId('context-close').addEventListener('click', () => {
    cancel()
    input.focus()
  })
  menu.addEventListener('pointerdown', (event) => event.preventDefault())
  menu.addEventListener('click', () => {
    input.focus({ preventScroll: true })
    suggest.toggleCommands()
  })

  function startEdit(message) {
    reply = undefined
    editing = message
    showContext()
    setText(message.text ?? message.caption ?? '')
    input.focus()
  }

  return {
    setReply,
    startEdit,
    refresh,
    fill: setText,
    /** Cancels a reply or an edit whose message was deleted. */
    drop(ids) {
      if (ids.includes((editing ?? reply)?.message_id)) cancel()
    },
    reset() {
      editing = undefined
      takeReply()
      setText('')
    },
    focus: () => input.focus({ preventScroll: true }),
  }
}
