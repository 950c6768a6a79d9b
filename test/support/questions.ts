import type { Message } from 'grammy/types'
import { connectAgent, type TestAgent } from './agent.ts'
import type { TestBot } from './bot.ts'
import { addTasks, answersOf } from './chat.ts'

/** How long a test waits for a message that no tap or message of the owner causes. */
export const unhurried = { within: 20_000 }

/** A question that the owner sees. */
export interface Asked {
  readonly agent: TestAgent
  readonly id: string
  /** The message that shows it. */
  readonly card: Message
  /** Reads it as the agent does, which marks its answer as received. */
  readonly read: () => Promise<{
    state: string
    answer?: { text: string; items: { text: string; options: { id: string }[] }[] }
  }>
}

/** Lets agents ask the owner of a bot, and taps for the owner. */
export function questionsOf(bot: () => TestBot) {
  const working = async (): Promise<TestAgent> => {
    await addTasks(bot(), [{ title: 'Fix the login', status: 'todo' }])
    const agent = await connectAgent(bot())
    await agent.claim({ status: 'todo' })
    return agent
  }
  return {
    /** Lets an agent work on WEB-1. */
    working,
    /** Asks, by default about WEB-1, and waits for the message that shows it. */
    ask: async (body: object, shown: string | RegExp, agent?: TestAgent): Promise<Asked> => {
      const asking = agent ?? (await working())
      bot().user.mark()
      const { body: answer } = await asking.call('POST', '/questions', { question: 'Red or blue?', ...body })
      const { id } = answer.question
      const card = await bot().user.nextMessage(shown, unhurried)
      const read = async () => (await asking.call('GET', `/questions/${id}`)).body.question
      return { agent: asking, id, card, read }
    },
    current: (message: Message) => bot().user.current(message),
    /** Taps a button and returns its answer once the tap is handled. */
    tapped: async (label: string | RegExp, on: Message): Promise<string | undefined> => {
      bot().user.tap(label, on)
      await bot().handled()
      return answersOf(bot()).at(-1)
    },
  }
}
