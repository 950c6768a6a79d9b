// A fake Gemini CLI: the Agent Client Protocol on its input and output.
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { createGate, follow, readPrompt } from './steps.js'

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const update = (sessionUpdate, rest) =>
  send({ method: 'session/update', params: { sessionId: session, update: { sessionUpdate, ...rest } } })
const waiting = new Map()
let session = ''
let stopped = createGate()
let ignoresStop = false
let isWaitingForWords = false
let nextId = 100

const permit = (toolCall, options) => {
  nextId += 1
  const params = { sessionId: session, toolCall: { toolCallId: `call-${nextId}`, ...toolCall }, options }
  send({ id: nextId, method: 'session/request_permission', params })
  return new Promise((resolve) => waiting.set(nextId, resolve))
}
const agent = {
  session: () => session,
  permit: async (command) => {
    const { outcome } = await permit({ title: command, kind: 'execute' }, [
      { optionId: 'always', name: 'Always', kind: 'allow_always' },
      { optionId: 'once', name: 'Allow', kind: 'allow_once' },
      { optionId: 'no', name: 'Reject', kind: 'reject_once' },
    ])
    return outcome.optionId === 'once' ? 'allowed' : 'denied'
  },
  // The turn is cancelled, and the next prompt has the words.
  words: async () => {
    isWaitingForWords = true
    await stopped.opened
    throw new Error('cancelled')
  },
  write: (text) => update('agent_message_chunk', { content: { type: 'text', text } }),
  untilStopped: () => stopped.opened,
  ignoreStop: () => {
    ignoresStop = true
  },
}
const work = async (id, prompt) => {
  stopped = createGate()
  const parsed = readPrompt(prompt)
  const heard = { name: 'complete', text: `heard ${prompt.split('\n').at(-1)}` }
  const steps = isWaitingForWords ? { ...parsed, steps: [heard] } : parsed
  isWaitingForWords = false
  // Without a task, it knows of nothing to do: it has forgotten the canceled turn.
  const followed = parsed.key === '' ? Promise.resolve() : follow(steps, agent)
  const end = await followed.then(
    () => 'end_turn',
    () => 'cancelled',
  )
  const quota = { token_count: { input_tokens: 30, output_tokens: 15 } }
  send({ id, result: { stopReason: end, _meta: { quota } } })
}
const answers = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: { loadSession: true }, authMethods: [] }),
  'session/new': () => {
    session = randomUUID()
    return { sessionId: session }
  },
  'session/load': ({ sessionId }) => {
    if (sessionId.startsWith('gone')) throw new Error('no such session')
    session = sessionId
    return {}
  },
}
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, method, params, result } = JSON.parse(line)
    if (method === 'session/cancel') return ignoresStop || stopped.open()
    if (method === 'session/prompt') return work(id, params.prompt[0].text)
    if (method === undefined) return waiting.get(id)?.(result)
    try {
      send({ id, result: answers[method](params) })
    } catch ({ message }) {
      send({ id, error: { code: -32_600, message } })
    }
  })
  .on('close', () => ignoresStop || process.exit(0))
