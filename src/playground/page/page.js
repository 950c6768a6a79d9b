import { isService, toSummary } from './chat/bubble.js'
import { createComposer } from './chat/composer.js'
import { createDrawer } from './chat/drawer.js'
import { createProposals } from './chat/proposals.js'
import { createTranscript } from './chat/transcript.js'
import { byId, isTouch } from './kit/dom.js'
import { alertBox, copyText, createLightbox, openPopup, toast } from './kit/overlays.js'
import { watchPress } from './kit/press.js'
import { watchTheme } from './kit/theme-switch.js'
import { openWire } from './kit/wire.js'

const ACTION_MS = 6000
const ACTIONS = { typing: 'typing…', upload_photo: 'sending a photo…', upload_document: 'sending a file…' }
const REACTIONS = ['👍', '👌', '❤', '🔥', '👀', '🎉']

let state = { bot: { username: '', name: 'Playground', description: '' }, commands: [], chat: {}, people: [] }
let person = sessionStorage.getItem('person') ?? undefined
let payload = new URLSearchParams(location.search).get('start') ?? ''
let wire
let online = false
let actionEnd
let unread = 0
const tapping = new Set()

const report = (error) => toast(error.message)
const attempt = (work) => work().catch(report)
const openPhoto = createLightbox()
const drawDrawer = createDrawer({
  onPerson: switchPerson,
  onBlock: (blocked) => attempt(() => wire.post('block', { blocked })),
})

const actions = {
  get bot() {
    return state.bot.username
  },
  get botName() {
    return state.bot.name
  },
  fileUrl: (id, name) => wire.fileUrl(id, name),
  onCommand: (text) => attempt(() => wire.post('send-text', { text })),
  onStart: start,
  onCopy: copyText,
  onPhoto: openPhoto,
  onInline: (query) => composer.fill(`@${state.bot.username} ${query}`),
  onJump: (id) => {
    if (!transcript.jumpTo(id)) toast("That message isn't loaded")
  },
  onTap: tap,
  onMenu: openMenu,
}

const transcript = createTranscript(actions)
const proposals = createProposals((text) => attempt(() => wire.post('send-text', { text })))
const composer = createComposer({
  getBot: () => state.bot,
  getCommands: () => state.commands,
  sendText: (text, replyTo) => wire.post('send-text', { text, replyTo }),
  edit: (messageId, text) => wire.post('edit', { messageId, text }),
  upload: (file, what) => wire.upload(file, what),
  search: (query, signal) => wire.post('inline', { query }, signal),
  choose: (queryId, resultId, replyTo) => wire.post('choose', { queryId, resultId, replyTo }),
  start,
  findOwnLast: () =>
    transcript.findLast((message) => message.mine && message.text !== undefined && !message.forward_origin),
  onError: report,
})

function connect() {
  wire?.close()
  wire = openWire({ person, onState, onEvents, onOnline, onLocked })
}

function onOnline(now) {
  online = now
  if (!now) tapping.clear()
  showStatus()
}

function onLocked() {
  byId('welcome').hidden = false
  byId('welcome-text').textContent = 'Open the link that the terminal printed.'
  byId('start').hidden = true
  byId('composer').hidden = true
}

function onState(next) {
  state = next
  person = String(next.person.id)
  transcript.reconcile(next.messages)
  byId('earlier').hidden = !next.hasEarlier
  showProfile()
  showChat()
  drawDrawer(state)
  composer.refresh()
  const last = transcript.findLast(() => true)
  if (last) followPrompt(last)
  proposals.draw(
    transcript.findLast((message) => message.prompt?.keyboard || message.prompt?.remove_keyboard),
  )
}

function onEvents(events) {
  transcript.batch(() => events.forEach(onEvent))
  if (transcript.trim()) byId('earlier').hidden = false
}

function onEvent(event) {
  switch (event.type) {
    case 'message':
      return onMessage(event.message)
    case 'deleted':
      transcript.remove(event.ids)
      composer.drop(event.ids)
      return showChat()
    case 'chat':
      state.chat = event.chat
      drawDrawer(state)
      return showChat()
    case 'commands':
      state.commands = event.commands
      return composer.refresh()
    case 'profile':
      state.bot = event.bot
      return showProfile()
    case 'action':
      return showAction(event.action)
  }
}

function onMessage(message) {
  const isNew = transcript.upsert(message)
  showChat()
  if (!isNew) return
  proposals.draw(transcript.findLast((each) => each.prompt?.keyboard || each.prompt?.remove_keyboard))
  if (message.mine || isService(message)) return
  showAction(undefined)
  followPrompt(message)
  if (document.hidden && !message.silent) {
    unread += 1
    showTitle()
  }
}

// A message with force_reply opens the reply bar once, unless something is being written.
function followPrompt(message) {
  const asks = message.prompt?.force_reply || message.reply_markup?.force_reply
  if (asks && !message.mine) {
    composer.setReply(
      message,
      message.prompt?.input_field_placeholder ?? message.reply_markup?.input_field_placeholder,
    )
  }
}

async function tap(message, data, button) {
  const key = `${message.message_id} ${data}`
  if (tapping.has(key)) return
  tapping.add(key)
  button.classList.add('waiting')
  button.setAttribute('aria-busy', 'true')
  try {
    const answer = await wire.post('tap', { messageId: message.message_id, data })
    if (!answer.answered) toast("The bot isn't responding")
    else if (answer.text) answer.showAlert ? alertBox(answer.text) : toast(answer.text)
  } catch (error) {
    report(error)
  } finally {
    tapping.delete(key)
    button.classList.remove('waiting')
    button.removeAttribute('aria-busy')
  }
}

function openMenu(message, at) {
  const text = message.text ?? message.caption
  const items = [{ label: 'Reply', icon: 'reply', run: () => composer.setReply(message) }]
  if (message.mine && text !== undefined && !message.forward_origin && !message.via_bot) {
    items.push({ label: 'Edit', icon: 'edit', run: () => composer.startEdit(message) })
  }
  if (text !== undefined) items.push({ label: 'Copy text', icon: 'copy', run: () => copyText(text) })
  items.push({
    label: 'Forward to the bot',
    icon: 'forward',
    run: () => attempt(() => wire.post('forward', { messageId: message.message_id })),
  })
  const own = message.reactions.find(({ mine }) => mine)?.emoji
  openPopup(at, items, {
    emoji: REACTIONS,
    run: (emoji) =>
      attempt(() =>
        wire.post('react', { messageId: message.message_id, emoji: emoji === own ? null : emoji }),
      ),
  })
}

async function start(given) {
  try {
    await wire.post('start', { payload: given })
    payload = ''
    history.replaceState(null, '', location.pathname)
    showChat()
    composer.focus()
  } catch (error) {
    report(error)
  }
}

function switchPerson(id) {
  person = id
  sessionStorage.setItem('person', id)
  transcript.clear()
  composer.reset()
  connect()
}

function showProfile() {
  byId('bot-name').textContent = state.bot.name
  byId('welcome-name').textContent = state.bot.name
  byId('welcome-text').textContent = state.bot.description || 'Press Start to begin.'
  showTitle()
  showStatus()
}

function showTitle() {
  document.title = `${unread ? `(${unread}) ` : ''}${state.bot.name}`
}

function showStatus(action) {
  const status = byId('status')
  status.textContent = !online ? 'connecting…' : (action ?? 'bot')
  status.classList.toggle('lively', online && action !== undefined)
}

function showAction(action) {
  clearTimeout(actionEnd)
  showStatus(action && (ACTIONS[action] ?? 'busy…'))
  if (action) actionEnd = setTimeout(showStatus, ACTION_MS)
}

function showChat() {
  const { chat } = state
  const isEmpty = transcript.isEmpty()
  byId('welcome').hidden = !isEmpty
  const start = byId('start')
  start.hidden = !(chat.blocked || isEmpty || payload)
  start.textContent = chat.blocked ? 'Unblock the bot' : 'Start'
  byId('composer').hidden = !start.hidden
  const strip = byId('strip')
  strip.hidden = !chat.blocked && state.person?.owner !== false
  strip.textContent = chat.blocked ? 'You blocked the bot' : `Sending as ${state.person?.name}`
  const pinned = byId('pinned')
  pinned.hidden = !chat.pinned
  if (chat.pinned)
    pinned.querySelector('.quote-text').textContent = toSummary(
      transcript.find(chat.pinned.message_id) ?? chat.pinned,
    )
}

byId('start').addEventListener('click', () => {
  if (state.chat.blocked) attempt(() => wire.post('block', { blocked: false }))
  else void start(payload)
})
byId('pinned').addEventListener('click', () => actions.onJump(state.chat.pinned.message_id))
byId('earlier').addEventListener('click', () =>
  attempt(async () => {
    const { messages, hasEarlier } = await wire.earlier(transcript.oldest())
    transcript.batch(() => {
      for (const message of messages) transcript.upsert(message)
    })
    byId('earlier').hidden = !hasEarlier
  }),
)
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return
  unread = 0
  showTitle()
})
document.addEventListener('keydown', (event) => {
  const isText =
    event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey
  if (isText && !event.target.closest('input, textarea, dialog, [role="menu"]')) composer.focus()
})
watchTheme()
watchPress(byId('transcript'), (node, at) => openMenu(node.message, at))
if (!isTouch()) composer.focus()
connect()
