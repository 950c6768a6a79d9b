import { Api, Bot } from 'grammy'
import type { Message } from 'grammy/types'
import { onTestFinished } from 'vitest'
import { openPlayground, type Playground, type PlaygroundOptions } from '../../src/playground/playground.ts'
import { createClock, type TestClock } from '../support/clock.ts'

export interface Reply {
  readonly status: number
  readonly ok: boolean
  readonly result?: unknown
  readonly description?: string
  readonly error_code?: number
  readonly parameters?: { readonly retry_after?: number }
}

export interface TestPlayground extends Playground {
  readonly clock: TestClock
  readonly api: Api
  readonly chatId: number
  /** Calls a method with a JSON body, bypassing grammY. */
  readonly call: (method: string, params?: object) => Promise<Reply>
  /** Sends a text to the owner and returns the message. */
  readonly send: (text: string, more?: object) => Promise<Message>
}

/** Opens a playground with a fixed clock for one test and closes it at the end. */
export async function openTestPlayground(options: PlaygroundOptions = {}): Promise<TestPlayground> {
  const clock = createClock()
  const playground = await openPlayground({ clock: clock.now, ...options })
  onTestFinished(() => playground.close())
  const chatId = playground.world.owner.user.id
  const call = async (method: string, params: object = {}): Promise<Reply> => {
    const response = await fetch(`${playground.url}/bot${playground.token}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    })
    return { status: response.status, ...((await response.json()) as Omit<Reply, 'status'>) }
  }
  const send = async (text: string, more: object = {}): Promise<Message> => {
    const reply = await call('sendMessage', { chat_id: chatId, text, ...more })
    if (!reply.ok) throw new Error(reply.description)
    return reply.result as Message
  }
  const api = new Api(playground.token, { apiRoot: playground.url })
  return { ...playground, clock, chatId, api, call, send }
}

/** Starts a bot that polls the playground until the test ends. */
export function startBot(playground: Playground, listen: (bot: Bot) => void): Bot {
  const bot = new Bot(playground.token, { client: { apiRoot: playground.url } })
  listen(bot)
  const running = bot.start()
  onTestFinished(async () => {
    await bot.stop()
    await running
  })
  return bot
}

export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
