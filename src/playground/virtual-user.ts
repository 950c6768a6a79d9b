import type { InlineQueryResult, Message, MessageEntity } from 'grammy/types'
import type { WorldEvent } from './events.ts'
import { forward, forwardForeign } from './forward.ts'
import { chooseInline, inlineQuery } from './inline.ts'
import { blockBot, unblockBot } from './membership.ts'
import { deleteMessages, editOwn, openStartLink, react, say, type Where } from './person.ts'
import { textOf } from './posting.ts'
import { type TapResult, tap, tapData } from './tap.ts'
import { type Upload, uploadDocument, uploadPhoto } from './upload.ts'
import { addPerson, type Post, type Room, type World } from './world.ts'

type Match = string | RegExp | undefined
type Answered = Extract<WorldEvent, { type: 'callback-answered' }>
type More = Pick<Where, 'threadId' | 'replyTo' | 'quote'> & { readonly entities?: readonly MessageEntity[] }
type File = Omit<Upload, 'userId' | 'chatId'>

export interface VirtualUser {
  readonly userId: number
  readonly chatId: number
  readonly say: (text: string, more?: More) => Message
  readonly reply: (to: Message, text: string, more?: More) => Message
  readonly edit: (own: Message, text: string) => Message
  readonly delete: (...messages: readonly Message[]) => void
  readonly react: (to: Message, emoji: string | null) => void
  readonly open: (startPayload: string) => Message
  /** Presses a button by its label (whole, else a part of it) on a message, else on the newest message that has it. */
  readonly tap: (label: string | RegExp, on?: Message) => TapResult
  /** Sends callback data that need not be on any button. */
  readonly tapData: (data: string, on: Message | number) => TapResult
  readonly forward: (message: Message, fromChatId?: number) => Message
  readonly forwardForeign: (text: string, from: Parameters<typeof forwardForeign>[1]['from']) => Message
  readonly sendPhoto: (file: File) => Message
  readonly sendDocument: (file: File) => Message
  readonly block: () => void
  readonly unblock: () => void
  /** Types `@bot query` and waits for the results. */
  readonly inline: (query: string) => Promise<{ queryId: string; results: readonly InlineQueryResult[] }>
  readonly choose: (queryId: string, resultId: string) => Message

  /** All messages of the chat, oldest first. */
  readonly messages: () => readonly Message[]
  /** The newest message of the bot, service messages left out; throws where there is none. */
  readonly lastMessage: () => Message
  /** A message as it stands now; undefined when it is deleted. */
  readonly current: (message: Message) => Message | undefined
  readonly post: (message: Message) => Post | undefined

  /**
   * Waits for an event of the world that fits. It looks at what happened since the last action of this user and after the last
   * event that it waited for, so that nothing is missed and nothing is found twice.
   */
  readonly waitFor: <E extends WorldEvent>(
    fits: (event: WorldEvent) => event is E,
    options?: Within,
  ) => Promise<E>
  /** The next new message of the bot in this chat; service messages are passed over. */
  readonly nextMessage: (match?: Match, options?: Within) => Promise<Message>
  readonly nextEdit: (match?: Match, options?: Within) => Promise<Message>
  /** The next message or edit. */
  readonly nextPost: (match?: Match, options?: Within) => Promise<Message>
  /** The answer to the last tap of this user. */
  readonly nextAnswer: (options?: Within) => Promise<Answered>
  /** Waits until the bot has confirmed every update and answered every tap; it may still be at work on what it confirmed. */
  readonly settled: (options?: Within) => Promise<void>
}

export interface Within {
  /** In real milliseconds, 5,000 by default. */
  readonly within?: number
}

/** A person for tests: acts, and waits for what the bot does without ever sleeping. */
export function virtualUser(
  world: World,
  input: {
    readonly userId?: number
    readonly chatId?: number
    readonly firstName?: string
    readonly started?: boolean
  } = {},
): VirtualUser {
  const userId = input.userId ?? world.owner.user.id
  const chatId = input.chatId ?? userId
  if (!world.people.has(userId)) {
    const { firstName = `Person ${userId}`, started = false } = input
    addPerson(world, { id: userId, firstName, started })
  }
  const room = world.rooms.get(chatId)
  if (room === undefined) throw new Error(`There is no chat ${chatId}: add it first.`)
  room.members.add(userId)
  const here = { userId, chatId }

  const events: WorldEvent[] = []
  const waiting = new Set<() => void>()
  let seen = 0
  world.subscribe((event) => {
    events.push(event)
    for (const look of waiting) look()
  })
  const act = <T>(action: () => T): T => {
    seen = events.length
    return action()
  }

  const waitUntil = <T>(look: () => T | undefined, { within = 5000 }: Within = {}): Promise<T> => {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(check)
        reject(
          new Error(`Nothing that fits happened within ${within} ms. ${storyOf(world, events.slice(seen))}`),
        )
      }, within)
      const check = () => {
        const found = look()
        if (found === undefined) return
        clearTimeout(timer)
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
      check()
    })
  }
  const waitFor = <E extends WorldEvent>(
    fits: (event: WorldEvent) => event is E,
    options?: Within,
  ): Promise<E> => {
    return waitUntil(() => {
      const at = events.findIndex((event, index) => index >= seen && fits(event))
      const event = events[at]
      if (event === undefined || !fits(event)) return undefined
      seen = at + 1
      return event
    }, options)
  }
  const nextOf = async (types: readonly string[], match: Match, options: Within | undefined) => {
    const event = await waitFor((one): one is Extract<WorldEvent, { type: 'message' | 'edited' }> => {
      const isPost = (one.type === 'message' || one.type === 'edited') && types.includes(one.type)
      return isPost && one.chatId === chatId && isFromBot(one.post) && fitsText(one.post.message, match)
    }, options)
    return event.post.message
  }

  return {
    ...here,
    say: (text, more) => act(() => say(world, { ...here, ...more, text })),
    reply: (to, text, more) =>
      act(() => say(world, { ...here, ...topicOf(to), ...more, text, replyTo: to.message_id })),
    edit: (own, text) => act(() => editOwn(world, { ...here, messageId: own.message_id, text })),
    delete: (...messages) => {
      act(() => deleteMessages(world, { ...here, messageIds: messages.map(({ message_id }) => message_id) }))
    },
    react: (to, emoji) => act(() => react(world, { ...here, messageId: to.message_id, emoji })),
    open: (payload) => act(() => openStartLink(world, { ...here, payload })),
    tap: (label, on) => act(() => tapLabel(world, here, room, label, on)),
    tapData: (data, on) => {
      const messageId = typeof on === 'number' ? on : on.message_id
      return act(() => tapData(world, { ...here, messageId, data }))
    },
    forward: (message, fromChatId) => {
      return act(() =>
        forward(world, { ...here, messageId: message.message_id, fromChatId: fromChatId ?? message.chat.id }),
      )
    },
    forwardForeign: (text, from) => act(() => forwardForeign(world, { ...here, text, from })),
    sendPhoto: (file) => act(() => uploadPhoto(world, { ...here, ...file })),
    sendDocument: (file) => act(() => uploadDocument(world, { ...here, ...file })),
    block: () => act(() => blockBot(world, { userId })),
    unblock: () => act(() => unblockBot(world, { userId })),
    inline: async (query) => {
      const queryId = act(() => inlineQuery(world, { ...here, query }))
      const answered = await waitFor((one): one is Extract<WorldEvent, { type: 'inline-answered' }> => {
        return one.type === 'inline-answered' && one.queryId === queryId
      })
      return { queryId, results: answered.results }
    },
    choose: (queryId, resultId) => act(() => chooseInline(world, { ...here, queryId, resultId })),

    messages: () => [...room.posts.values()].map(({ message }) => message),
    lastMessage: () => {
      const post = [...room.posts.values()].findLast(isFromBot)
      if (post === undefined) throw new Error(`The bot has no message in chat ${chatId}.`)
      return post.message
    },
    current: ({ message_id }) => room.posts.get(message_id)?.message,
    post: ({ message_id }) => room.posts.get(message_id),

    waitFor,
    nextMessage: (match, options) => nextOf(['message'], match, options),
    nextEdit: (match, options) => nextOf(['edited'], match, options),
    nextPost: (match, options) => nextOf(['message', 'edited'], match, options),
    nextAnswer: (options) => {
      return waitFor(
        (one): one is Answered => one.type === 'callback-answered' && one.userId === userId,
        options,
      )
    },
    settled: async (options) => {
      await waitUntil(
        () => (world.updates.pending().length === 0 && world.taps.size === 0 ? true : undefined),
        options,
      )
    },
  }
}

/** The labels of the buttons under a message, row by row; of the inline keyboard, else of the keyboard that it shows. */
export function labelsOf(post: Post | Message): string[][] {
  const message = 'message' in post ? post.message : post
  if (message.reply_markup !== undefined) {
    return message.reply_markup.inline_keyboard.map((row) => row.map(({ text }) => text))
  }
  const prompt = 'message' in post ? post.prompt : undefined
  if (prompt === undefined || !('keyboard' in prompt)) return []
  return prompt.keyboard.map((row) =>
    row.map((button) => (typeof button === 'string' ? button : button.text)),
  )
}

function tapLabel(
  world: World,
  here: { readonly userId: number; readonly chatId: number },
  room: Room,
  label: string | RegExp,
  on: Message | undefined,
): TapResult {
  const newestFirst = [...room.posts.values()].reverse()
  const posts =
    on === undefined ? newestFirst : newestFirst.filter(({ message }) => message.message_id === on.message_id)
  for (const isWhole of typeof label === 'string' ? [true, false] : [false]) {
    for (const { message } of posts) {
      const labels = message.reply_markup === undefined ? [] : labelsOf(message)
      for (const [row, texts] of labels.entries()) {
        const column = texts.findIndex((text) => fitsLabel(text, label, isWhole))
        if (column >= 0) return tap(world, { ...here, messageId: message.message_id, row, column })
      }
    }
  }
  const there = posts.flatMap(({ message }) => labelsOf(message).flat())
  throw new Error(`No button "${label}" in chat ${here.chatId}; there are: ${there.join(' · ') || 'none'}`)
}

function fitsLabel(text: string, label: string | RegExp, isWhole: boolean): boolean {
  if (typeof label !== 'string') return label.test(text)
  return isWhole ? text === label : text.includes(label)
}

function fitsText(message: Message, match: Match): boolean {
  const { text } = textOf(message)
  if (match === undefined) return true
  return typeof match === 'string' ? text.includes(match) : match.test(text)
}

function isFromBot({ fromBot, message }: Post): boolean {
  return fromBot && message.pinned_message === undefined && message.forum_topic_created === undefined
}

function topicOf({ is_topic_message, message_thread_id }: Message): { threadId?: number } {
  return is_topic_message && message_thread_id !== undefined ? { threadId: message_thread_id } : {}
}

function storyOf(world: World, events: readonly WorldEvent[]): string {
  const lines = events.flatMap((event) => {
    if (event.type === 'message' || event.type === 'edited') {
      return [`${event.type} in ${event.chatId}: ${textOf(event.post.message).text.slice(0, 200)}`]
    }
    if (event.type === 'call')
      return event.call.ok ? [] : [`${event.call.method}: ${event.call.error?.description}`]
    return [event.type]
  })
  const waits = `${world.updates.pending().length} updates and ${world.taps.size} taps wait.`
  return `${waits} It happened:\n${lines.slice(-30).join('\n') || 'nothing'}`
}
