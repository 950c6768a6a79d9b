import { z } from 'zod'
import { startChild } from '../process/child.ts'
import { createTail } from '../process/lines.ts'
import { type Adapter, type AgentStart, parseObject } from './adapter.ts'
import { answerRequest, FileChange } from './codex-approval.ts'
import { createJsonRpc } from './json-rpc.ts'

/** Codex over its app server, version 0.169. */
export const codexAdapter: Adapter = async (start) => {
  const { run, command, cwd, env, prompt, session, owner, events } = start
  const printed = createTail()
  const changes = new Map<string, string>()
  const limits = createLimits()
  let thread = ''
  let turn: string | null = null
  let sending = 0
  let finish = () => {}
  const idle = new Promise<void>((resolve) => {
    finish = resolve
  })

  const child = await startChild({
    run,
    command: [...command, 'app-server', ...toSettings(start.mcpUrl)],
    cwd,
    env,
    onLine: (line) => {
      const message = parseObject(line)
      if (message === null) printed.add(`${line}\n`)
      else rpc.receive(message)
    },
  })
  const rpc = createJsonRpc({
    write: child.write,
    onRequest: (method, params, signal) => answerRequest({ method, params, signal, owner, changes }),
    onNotification: (method, params) => {
      const parsed = Notification.safeParse({ method, params })
      if (parsed.success) handle(parsed.data)
    },
  })
  const handle = ({ method, params }: Notification) => {
    switch (method) {
      case 'turn/started':
        turn = params.turn.id
        return
      case 'turn/completed':
        turn = null
        if (params.turn.error) events.words(params.turn.error.message)
        return void endTurn(params.turn.error?.codexErrorInfo === 'usageLimitExceeded')
      case 'item/started':
        if (params.item.type === 'fileChange')
          changes.set(params.item.id, (params.item.changes ?? []).map(toDiff).join('\n\n'))
        return
      case 'item/completed':
        if (params.item.type === 'agentMessage' && params.item.text) events.words(params.item.text)
        return
      case 'thread/tokenUsage/updated': {
        const { inputTokens, outputTokens } = params.tokenUsage.total
        const before = thread === session ? start.usageBefore : { input_tokens: 0, output_tokens: 0 }
        return events.usage({
          input_tokens: inputTokens - before.input_tokens,
          output_tokens: outputTokens - before.output_tokens,
          cost_usd: null,
        })
      }
      case 'account/rateLimits/updated':
        return limits.add(params.rateLimits)
      case 'serverRequest/resolved':
        return rpc.cancel(params.requestId)
    }
  }
  const endTurn = async (isLimited: boolean) => {
    if (isLimited) await reportLimit()
    if (sending === 0) finish()
  }
  const reportLimit = async () => {
    const read = await rpc.call('account/rateLimits/read', undefined).catch(() => null)
    const parsed = z.looseObject({ rateLimits: RateLimits }).safeParse(read)
    if (parsed.success) limits.add(parsed.data.rateLimits)
    const until = limits.until()
    if (until !== null) events.limit(until)
  }

  // A turn can't be steered in its first moments or at its end; then the words begin the next one.
  const send = async (text: string) => {
    sending += 1
    const input = [{ type: 'text', text, text_elements: [] }]
    try {
      if (turn !== null) {
        const steered = rpc.call('turn/steer', { threadId: thread, expectedTurnId: turn, input })
        if (
          await steered.then(
            () => true,
            () => false,
          )
        )
          return
      }
      await rpc.call('turn/start', { threadId: thread, input })
    } finally {
      sending -= 1
    }
  }
  void child.exit.then(rpc.close)
  const opened = (async () => {
    await rpc.call('initialize', { clientInfo: { name: 'preqbot', title: 'preqbot', version: '1' } })
    rpc.notify('initialized')
    thread = await openThread(rpc.call, { cwd, session })
    events.session(thread)
    await send(prompt)
  })()
  opened.catch((error: Error) => {
    events.words(error.message)
    finish()
  })
  return {
    child,
    idle,
    send: (text) => void opened.then(() => send(text)).catch(() => {}),
    stop: () => {
      if (turn !== null) rpc.call('turn/interrupt', { threadId: thread, turnId: turn }).catch(() => {})
    },
    printed: printed.text,
  }
}

const policy = { approvalPolicy: 'on-request', sandbox: 'workspace-write' }

async function openThread(
  call: (method: string, params: unknown) => Promise<unknown>,
  { cwd, session }: Pick<AgentStart, 'cwd' | 'session'>,
): Promise<string> {
  const Opened = z.looseObject({ thread: z.looseObject({ id: z.string() }) })
  if (session !== null) {
    const resumed = await call('thread/resume', { threadId: session, cwd, ...policy }).catch(() => null)
    const parsed = Opened.safeParse(resumed)
    if (parsed.success) return parsed.data.thread.id
  }
  return Opened.parse(await call('thread/start', { cwd, ...policy })).thread.id
}

function toSettings(mcpUrl: string): string[] {
  const server = 'mcp_servers.preqbot'
  return [
    `${server}.url=${JSON.stringify(mcpUrl)}`,
    `${server}.bearer_token_env_var="PREQBOT_TOKEN"`,
    `${server}.default_tools_approval_mode="approve"`,
    `${server}.tool_timeout_sec=600`,
  ].flatMap((setting) => ['-c', setting])
}

const toDiff = ({ path, diff }: FileChange) => `${path}\n\n${diff}`

const Window = z.looseObject({ usedPercent: z.number(), resetsAt: z.number().nullish() })
const RateLimits = z.looseObject({ primary: Window.nullish(), secondary: Window.nullish() })
type RateLimits = z.infer<typeof RateLimits>

// Updates are sparse: a window that is missing keeps its last value.
function createLimits() {
  let known: RateLimits = {}
  return {
    add: ({ primary, secondary }: RateLimits) => {
      known = { primary: primary ?? known.primary, secondary: secondary ?? known.secondary }
    },
    /** The end of the last window that is used up, or else of the next one to reset. */
    until: (): Date | null => {
      const windows = [known.primary, known.secondary].flatMap((window) => window ?? [])
      const ends = (list: typeof windows) => list.flatMap(({ resetsAt }) => resetsAt ?? [])
      const full = ends(windows.filter(({ usedPercent }) => usedPercent >= 100))
      const all = ends(windows)
      if (all.length === 0) return null
      return new Date((full.length > 0 ? Math.max(...full) : Math.min(...all)) * 1_000)
    },
  }
}

const item = z.looseObject({
  id: z.string(),
  type: z.string(),
  text: z.string().optional(),
  changes: z.array(FileChange).optional().catch(undefined),
})
const turnInfo = z.looseObject({
  id: z.string(),
  error: z.looseObject({ message: z.string(), codexErrorInfo: z.unknown().optional() }).nullish(),
})
const tokens = z.looseObject({ inputTokens: z.int(), outputTokens: z.int() })

const Notification = z.discriminatedUnion('method', [
  z.object({ method: z.literal('turn/started'), params: z.looseObject({ turn: turnInfo }) }),
  z.object({ method: z.literal('turn/completed'), params: z.looseObject({ turn: turnInfo }) }),
  z.object({ method: z.literal('item/started'), params: z.looseObject({ item }) }),
  z.object({ method: z.literal('item/completed'), params: z.looseObject({ item }) }),
  z.object({
    method: z.literal('thread/tokenUsage/updated'),
    params: z.looseObject({ tokenUsage: z.looseObject({ total: tokens }) }),
  }),
  z.object({
    method: z.literal('account/rateLimits/updated'),
    params: z.looseObject({ rateLimits: RateLimits }),
  }),
  z.object({
    method: z.literal('serverRequest/resolved'),
    params: z.looseObject({ requestId: z.union([z.string(), z.number()]) }),
  }),
])
type Notification = z.infer<typeof Notification>
