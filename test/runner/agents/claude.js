// A fake Claude Code: stream-json on its input and output.
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { createGate, createInbox, follow, readPrompt } from './steps.js'

const at = process.argv.indexOf('--resume')
const resumed = at === -1 ? null : process.argv[at + 1]
if (resumed?.startsWith('gone')) {
  process.stderr.write(`No conversation found with session ID: ${resumed}\n`)
  process.exit(1)
}
const session = resumed ?? randomUUID()
const send = (message) => process.stdout.write(`${JSON.stringify({ session_id: session, ...message })}\n`)
const waiting = new Map()
const inbox = createInbox()
const stopped = createGate()
let isWorking = false
let ignoresStop = false
let last = ''

const ask = (tool_name, input) => {
  const request_id = randomUUID()
  send({ type: 'control_request', request_id, request: { subtype: 'can_use_tool', tool_name, input } })
  return new Promise((resolve) => waiting.set(request_id, resolve))
}
const agent = {
  session: () => session,
  permit: async (command) => {
    const { behavior, message } = await ask('Bash', { command, description: 'A step' })
    return behavior === 'allow' ? 'allowed' : `denied, ${message}`
  },
  question: async (question) => {
    const options = [{ label: 'Red' }, { label: 'Blue' }]
    const answer = await ask('AskUserQuestion', { questions: [{ question, options, multiSelect: false }] })
    return JSON.stringify(answer.updatedInput?.answers ?? answer.message)
  },
  words: () => inbox.next(),
  limit: (seconds) => {
    const info = { status: 'rejected', resetsAt: Number(seconds), rateLimitType: 'five_hour' }
    send({ type: 'rate_limit_event', rate_limit_info: info })
    return stopped.opened
  },
  write: (text) => {
    last = text
    send({ type: 'assistant', parent_tool_use_id: null, message: { content: [{ type: 'text', text }] } })
  },
  untilStopped: () => stopped.opened,
  ignoreStop: () => {
    ignoresStop = true
  },
}
const work = async ({ uuid, message }) => {
  const lifecycle = (state) => send({ type: 'command_lifecycle', command_uuid: uuid, state })
  lifecycle('started')
  if (isWorking) {
    inbox.add(message.content)
    return lifecycle('completed')
  }
  isWorking = true
  send({ type: 'system', subtype: 'init' })
  await follow(readPrompt(message.content), agent)
  isWorking = false
  const modelUsage = {
    fake: { inputTokens: 30, outputTokens: 15, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 },
  }
  send({ type: 'result', subtype: 'success', is_error: false, result: last, total_cost_usd: 0.5, modelUsage })
  return lifecycle('completed')
}
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = JSON.parse(line)
    if (message.type === 'control_response')
      return waiting.get(message.response.request_id)?.(message.response.response)
    if (message.type === 'user') return work(message)
    if (message.request?.subtype === 'interrupt' && !ignoresStop) stopped.open()
  })
  .on('close', () => ignoresStop || process.exit(0))
