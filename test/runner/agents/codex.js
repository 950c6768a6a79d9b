// A fake Codex: its app server's JSON-RPC on its input and output.
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { createGate, createInbox, follow, readPrompt } from './steps.js'

const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)
const notify = (method, params) => send({ method, params })
const waiting = new Map()
const inbox = createInbox()
const stopped = createGate()
let thread = ''
let turn = null
let ignoresStop = false
let error = null
let nextId = 100

const ask = (method, params) => {
  nextId += 1
  send({
    id: nextId,
    method,
    params: { threadId: thread, turnId: turn, itemId: `item-${nextId}`, ...params },
  })
  return new Promise((resolve) => waiting.set(nextId, resolve))
}
const agent = {
  session: () => thread,
  permit: async (command) => {
    const { decision } = await ask('item/commandExecution/requestApproval', { command, reason: 'A step' })
    return decision === 'accept' ? 'allowed' : 'denied'
  },
  question: async (question) => {
    const options = [
      { label: 'Red', description: '' },
      { label: 'Blue', description: '' },
    ]
    const { answers } = await ask('item/tool/requestUserInput', {
      questions: [{ id: 'q', question, options }],
    })
    return JSON.stringify(answers)
  },
  words: () => inbox.next(),
  limit: (seconds) => {
    const primary = { usedPercent: 100, resetsAt: Number(seconds), windowDurationMins: 300 }
    notify('account/rateLimits/updated', { rateLimits: { primary, secondary: null } })
    error = { message: 'You have hit your usage limit.', codexErrorInfo: 'usageLimitExceeded' }
  },
  write: (text) => notify('item/completed', { item: { id: randomUUID(), type: 'agentMessage', text } }),
  untilStopped: () => stopped.opened,
  ignoreStop: () => {
    ignoresStop = true
  },
}
const work = async (text) => {
  notify('turn/started', { turn: { id: turn, error: null } })
  await follow(readPrompt(text), agent)
  notify('thread/tokenUsage/updated', { tokenUsage: { total: { inputTokens: 30, outputTokens: 15 } } })
  notify('turn/completed', { turn: { id: turn, error } })
  turn = null
}
const answers = {
  initialize: () => ({}),
  'account/rateLimits/read': () => ({ rateLimits: { primary: null, secondary: null } }),
  'thread/start': () => {
    thread = randomUUID()
    return { thread: { id: thread } }
  },
  'thread/resume': ({ threadId }) => {
    if (threadId.startsWith('gone')) throw new Error('thread not found')
    thread = threadId
    return { thread: { id: thread } }
  },
  'turn/start': ({ input }) => {
    turn = randomUUID()
    setImmediate(() => work(input[0].text))
    return { turn: { id: turn } }
  },
  'turn/steer': ({ input }) => {
    inbox.add(input[0].text)
    return { turnId: turn }
  },
  'turn/interrupt': () => {
    if (!ignoresStop) stopped.open()
    return {}
  },
}
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, method, params, result } = JSON.parse(line)
    if (id === undefined) return
    if (method === undefined) return waiting.get(id)?.(result)
    try {
      send({ id, result: answers[method](params) })
    } catch ({ message }) {
      send({ id, error: { code: -32_600, message } })
    }
  })
  .on('close', () => ignoresStop || process.exit(0))
