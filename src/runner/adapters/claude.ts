import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { startChild } from '../process/child.ts'
import { createTail } from '../process/lines.ts'
import { type Adapter, type AgentEvents, type AgentStart, parseObject } from './adapter.ts'
import { answerToolUse, ToolUseRequest } from './claude-permission.ts'

/** Claude Code over its stream-json protocol, version 2.1. */
export const claudeAdapter: Adapter = async (start) => {
  const { run, command, cwd, env, prompt, session, owner, events } = start
  const flags = session === null ? [] : ['--resume', session]
  const asked = new Map<string, AbortController>()
  const waiting = new Set<string>()
  const printed = createTail()
  let isTurnOver = false
  let hasLifecycle = false
  let finish = () => {}
  const idle = new Promise<void>((resolve) => {
    finish = resolve
  })

  const onLine = (line: string) => {
    const value = parseObject(line)
    if (value === null) return printed.add(`${line}\n`)
    const message = Message.safeParse(value)
    if (message.success) handle(message.data)
  }
  const handle = (message: Message) => {
    switch (message.type) {
      case 'control_request':
        return void answer(message)
      case 'control_cancel_request':
        return asked.get(message.request_id)?.abort()
      case 'command_lifecycle':
        hasLifecycle = true
        if (message.state === 'completed' || message.state === 'cancelled')
          waiting.delete(message.command_uuid)
        return finishIfHandled()
      case 'result':
        isTurnOver = true
        reportResult(message, start)
        return finishIfHandled()
      case 'assistant':
        isTurnOver = false
        return reportWords(message, events)
      case 'system':
        return message.session_id === undefined ? undefined : events.session(message.session_id)
      case 'rate_limit_event':
        return reportLimit(message, events)
    }
  }
  // Words that came during a turn may need another turn. Versions from 2.1 on report when each message was handled.
  const finishIfHandled = () => {
    if (isTurnOver && (waiting.size === 0 || !hasLifecycle)) finish()
  }
  const answer = async ({ request_id: id, request }: z.infer<typeof ControlRequest>) => {
    const use = ToolUseRequest.safeParse(request)
    const controller = new AbortController()
    asked.set(id, controller)
    try {
      const response = use.success
        ? await answerToolUse(use.data, { owner, id, cwd, signal: controller.signal })
        : null
      if (response === null)
        write({ subtype: 'error', request_id: id, error: 'This request is not supported.' })
      else write({ subtype: 'success', request_id: id, response })
    } catch (error) {
      write({ subtype: 'error', request_id: id, error: (error as Error).message })
    } finally {
      asked.delete(id)
    }
  }

  const child = await startChild({
    run,
    command: [...command, ...toFlags(start.mcpUrl), ...flags],
    cwd,
    env,
    onLine,
  })
  const write = (response: object) => child.write(JSON.stringify({ type: 'control_response', response }))
  const send = (text: string) => {
    const uuid = randomUUID()
    waiting.add(uuid)
    const message = { role: 'user', content: text }
    child.write(JSON.stringify({ type: 'user', uuid, session_id: '', parent_tool_use_id: null, message }))
  }
  send(prompt)
  return {
    child,
    idle,
    send,
    stop: () => {
      const request = { subtype: 'interrupt' }
      child.write(JSON.stringify({ type: 'control_request', request_id: randomUUID(), request }))
    },
    printed: printed.text,
  }
}

function toFlags(mcpUrl: string): string[] {
  const preqbot = {
    type: 'http',
    url: mcpUrl,
    // Claude Code puts the token in, so it isn't in the list of processes.
    headers: { Authorization: `Bearer \${PREQBOT_TOKEN}` },
    // Without these, a call is cut off after 60 s, and the model has to search for our tools first.
    timeout: 600_000,
    alwaysLoad: true,
  }
  return [
    '--print',
    '--input-format=stream-json',
    '--output-format=stream-json',
    '--verbose',
    '--permission-prompt-tool=stdio',
    '--permission-mode=manual',
    '--allowedTools=mcp__preqbot',
    `--mcp-config=${JSON.stringify({ mcpServers: { preqbot } })}`,
  ]
}

const ControlRequest = z.looseObject({
  type: z.literal('control_request'),
  request_id: z.string(),
  request: z.looseObject({ subtype: z.string() }),
})

const Tokens = z.looseObject({
  inputTokens: z.number().catch(0),
  outputTokens: z.number().catch(0),
  cacheReadInputTokens: z.number().catch(0),
  cacheCreationInputTokens: z.number().catch(0),
})

const Result = z.looseObject({
  type: z.literal('result'),
  is_error: z.boolean().catch(false),
  result: z.string().optional(),
  total_cost_usd: z.number().nullish(),
  modelUsage: z.record(z.string(), Tokens).catch({}),
})

const Assistant = z.looseObject({
  type: z.literal('assistant'),
  parent_tool_use_id: z.string().nullish(),
  message: z.looseObject({ content: z.array(z.looseObject({ text: z.string().optional() })) }),
})

const RateLimit = z.looseObject({
  type: z.literal('rate_limit_event'),
  rate_limit_info: z.looseObject({
    status: z.string(),
    /** Seconds since 1970. */
    resetsAt: z.number().nullish(),
    isUsingOverage: z.boolean().nullish(),
  }),
})

const Message = z.discriminatedUnion('type', [
  ControlRequest,
  Result,
  Assistant,
  RateLimit,
  z.looseObject({ type: z.literal('control_cancel_request'), request_id: z.string() }),
  z.looseObject({ type: z.literal('command_lifecycle'), command_uuid: z.string(), state: z.string() }),
  z.looseObject({ type: z.literal('system'), session_id: z.string().optional() }),
])
type Message = z.infer<typeof Message>

// The totals of a result cover the whole conversation, with the runs before this one.
function reportResult(result: z.infer<typeof Result>, { events, usageBefore }: AgentStart): void {
  const models = Object.values(result.modelUsage)
  const sum = (read: (tokens: z.infer<typeof Tokens>) => number) =>
    models.reduce((total, tokens) => total + read(tokens), 0)
  if (models.length > 0)
    events.usage({
      input_tokens:
        sum((one) => one.inputTokens + one.cacheReadInputTokens + one.cacheCreationInputTokens) -
        usageBefore.input_tokens,
      output_tokens: sum((one) => one.outputTokens) - usageBefore.output_tokens,
      cost_usd: result.total_cost_usd == null ? null : result.total_cost_usd - (usageBefore.cost_usd ?? 0),
    })
  if (result.result !== undefined && result.result !== '') events.words(result.result)
  // Versions before rate_limit_event end with the time in the text.
  const [, seconds] = /usage limit reached\|(\d{9,11})/.exec(result.result ?? '') ?? []
  if (result.is_error && seconds !== undefined) events.limit(new Date(Number(seconds) * 1_000))
}

function reportWords({ message, parent_tool_use_id }: z.infer<typeof Assistant>, events: AgentEvents): void {
  if (typeof parent_tool_use_id === 'string') return
  const text = message.content.flatMap((part) => part.text ?? []).join('\n')
  if (text.trim() !== '') events.words(text)
}

function reportLimit({ rate_limit_info: info }: z.infer<typeof RateLimit>, events: AgentEvents): void {
  if (info.status !== 'rejected' || info.isUsingOverage === true) return
  if (typeof info.resetsAt === 'number') events.limit(new Date(info.resetsAt * 1_000))
}
