import {
  type AnyMessage,
  type ClientContext,
  client,
  type McpServer,
  methods,
  PROTOCOL_VERSION,
} from '@agentclientprotocol/sdk'
import { z } from 'zod'
import { type Child, startChild } from '../process/child.ts'
import { createTail } from '../process/lines.ts'
import { answerPermission } from './acp-permission.ts'
import { type Adapter, type AgentStart, type AgentUsage, parseObject } from './adapter.ts'

/** Any agent that speaks the Agent Client Protocol, version 1. The command must start it in that mode. */
export const acpAdapter: Adapter = async (start) => {
  const { run, command, cwd, env, prompt, owner, events } = start
  const printed = createTail()
  const words = createTail()
  const pipe = createPipe((line) => child.write(line))
  const queue: string[] = []
  let agent: ClientContext | null = null
  let session = ''
  let isBusy = false
  let hasCalledTool = false
  let used: AgentUsage = { input_tokens: 0, output_tokens: 0, cost_usd: null }
  let finish = () => {}
  const idle = new Promise<void>((resolve) => {
    finish = resolve
  })

  const app = client({ name: 'preqbot' })
    .onRequest(methods.client.session.requestPermission, ({ params, requestId, signal }) =>
      answerPermission(params, { owner, id: `${params.toolCall.toolCallId}:${requestId}`, signal }),
    )
    .onNotification(methods.client.session.update, ({ params: { update } }) => {
      if (update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text')
        words.add(update.content.text)
      // Each tool call begins a new message.
      if (update.sessionUpdate === 'tool_call') {
        words.clear()
        hasCalledTool = true
      }
      if (update.sessionUpdate === 'usage_update' && update.cost?.currency === 'USD')
        used = { ...used, cost_usd: update.cost.amount }
    })

  const child: Child = await startChild({
    run,
    command,
    cwd,
    env,
    onLine: (line) => {
      const message = parseObject(line)
      if (message === null) printed.add(`${line}\n`)
      else pipe.receive(message)
    },
  })
  const cancel = () => {
    agent?.notify(methods.agent.session.cancel, { sessionId: session }).catch(() => {})
  }
  // One turn after the other: a second prompt would end the first one without an answer.
  const work = async (context: ClientContext) => {
    await context.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL_VERSION,
      clientCapabilities: {},
      clientInfo: { name: 'preqbot', version: '1' },
    })
    session = await openSession(context, start)
    agent = context
    events.session(session)
    queue.unshift(prompt)
    while (queue.length > 0) {
      const text = queue.splice(0).join('\n\n')
      isBusy = true
      hasCalledTool = false
      words.clear()
      const answer = await context.request(methods.agent.session.prompt, {
        sessionId: session,
        prompt: [{ type: 'text', text }],
      })
      isBusy = false
      // Gemini CLI forgets a turn that was canceled before the model's first answer; a tool call shows that there was one.
      if (answer.stopReason === 'cancelled' && !hasCalledTool && queue.length > 0) queue.unshift(text)
      used = addUsage(used, answer)
      events.usage(used)
      if (words.text().trim() !== '') events.words(words.text().trim())
    }
  }
  void child.exit.then(pipe.close)
  app
    .connectWith(pipe.stream, work)
    .catch((error: Error) => events.words(error.message))
    .finally(finish)
    .catch(() => {})
  return {
    child,
    idle,
    // The protocol has no way to add words to a turn, so the turn ends and the next one begins with them.
    send: (text) => {
      queue.push(text)
      if (isBusy) cancel()
    },
    stop: () => {
      queue.length = 0
      cancel()
    },
    printed: printed.text,
  }
}

/** Gemini CLI, which asks nobody about the board's own tools. */
export const geminiAdapter: Adapter = (start) => {
  const policy = start.writeFile('preqbot-tools.toml', geminiPolicy)
  const flags = ['--acp', '--skip-trust', '--policy', policy]
  return acpAdapter({ ...start, command: [...start.command, ...flags] })
}

const geminiPolicy = `[[rule]]
mcpName = "preqbot"
toolName = "*"
decision = "allow"
priority = 100
`

async function openSession(context: ClientContext, start: AgentStart): Promise<string> {
  const { cwd, session, mcpUrl, env } = start
  const headers = [{ name: 'Authorization', value: `Bearer ${env.PREQBOT_TOKEN ?? ''}` }]
  const mcpServers: McpServer[] = [{ type: 'http', name: 'preqbot', url: mcpUrl, headers }]
  if (session !== null)
    try {
      await context.request(methods.agent.session.load, { sessionId: session, cwd, mcpServers })
      return session
    } catch {
      // The agent no longer has it, or can't load sessions.
    }
  const { sessionId } = await context.request(methods.agent.session.new, { cwd, mcpServers })
  return sessionId
}

const Count = z.looseObject({ input_tokens: z.int().min(0), output_tokens: z.int().min(0) })
const GeminiUsage = z.looseObject({
  _meta: z.looseObject({ quota: z.looseObject({ token_count: Count }) }),
})
const UnstableUsage = z.looseObject({
  usage: z.looseObject({
    inputTokens: z.int().min(0),
    outputTokens: z.int().min(0),
    cachedReadTokens: z.int().nullish(),
    cachedWriteTokens: z.int().nullish(),
  }),
})

/** Adds the tokens of a turn, which agents report in one of two forms. */
function addUsage(before: AgentUsage, answer: unknown): AgentUsage {
  const add = (input: number, output: number) => ({
    ...before,
    input_tokens: before.input_tokens + input,
    output_tokens: before.output_tokens + output,
  })
  const gemini = GeminiUsage.safeParse(answer)
  if (gemini.success) {
    const { input_tokens, output_tokens } = gemini.data._meta.quota.token_count
    return add(input_tokens, output_tokens)
  }
  const other = UnstableUsage.safeParse(answer)
  if (!other.success) return before
  const { inputTokens, outputTokens, cachedReadTokens, cachedWriteTokens } = other.data.usage
  return add(inputTokens + (cachedReadTokens ?? 0) + (cachedWriteTokens ?? 0), outputTokens)
}

// The SDK's own stream would join an endless line without a limit.
function createPipe(write: (line: string) => void) {
  let controller: ReadableStreamDefaultController<AnyMessage> | null = null
  const readable = new ReadableStream<AnyMessage>({
    start: (opened) => {
      controller = opened
    },
    // The connection closes it first if the work fails.
    cancel: () => {
      controller = null
    },
  })
  const writable = new WritableStream<AnyMessage>({ write: (message) => write(JSON.stringify(message)) })
  return {
    stream: { readable, writable },
    // The SDK validates each message.
    receive: (message: object) => controller?.enqueue(message as AnyMessage),
    close: () => {
      controller?.close()
      controller = null
    },
  }
}
