import type { InlineQueryResult, Message, MessageEntity } from 'grammy/types'
import type { WorldEvent } from '../world/events.ts'
import { forward, forwardForeign } from '../world/forward.ts'
import { chooseInline, inlineQuery } from '../world/inline.ts'
import { blockBot, unblockBot } from '../world/membership.ts'
import type { World } from '../world/model.ts'
import { deleteForEveryone, editOwn, openStartLink, react, sendText, type Where } from '../world/person.ts'
import { textOfPost } from '../world/posting.ts'
import type { Post } from '../world/records.ts'
import { type TapResult, tapData } from '../world/tap.ts'
import { type Upload, uploadDocument, uploadPhoto } from '../world/upload.ts'
import { addPerson } from '../world/world.ts'
import { tapLabel } from './buttons.ts'
import { type PersonContent, sendContent } from './content.ts'
import { createEventLog, type EventLog, type Within } from './event-log.ts'

export { labelsOf } from './buttons.ts'

type Match = string | RegExp | undefined
type PostEvent = Extract<WorldEvent, { type: 'message' | 'edited' }>
type Answered = Extract<WorldEvent, { type: 'callback-answered' }>
type InlineAnswered = Extract<WorldEvent, { type: 'inline-answered' }>
type More = Pick<Where, 'threadId' | 'replyTo' | 'quote' | 'as'> & {
  readonly entities?: readonly MessageEntity[]
}
type File = Omit<Upload, 'userId' | 'chatId'>
type Source = Parameters<typeof forwardForeign>[1]['from']

export interface VirtualUser {
  readonly userId: number
  readonly chatId: number
  readonly sendText: (text: string, more?: More) => Message
  readonly reply: (to: Message, text: string, more?: More) => Message
  readonly edit: (own: Message, text: string) => Message
  readonly delete: (...messages: readonly Message[]) => void
  readonly react: (to: Message, emoji: string | null) => void
  readonly open: (startPayload: string) => Message
  /** Presses a button by its whole label, or part of it, on a message or on the newest message that has it. */
  readonly tap: (label: string | RegExp, on?: Message) => TapResult
  /** Sends callback data, even if no button has it. */
  readonly tapData: (data: string, on: Message | number) => TapResult
  readonly forward: (message: Message) => Message
  readonly forwardForeign: (text: string, from: Source) => Message
  /** Sends content other than texts and uploads. */
  readonly send: (content: PersonContent, more?: More) => Message
  readonly sendPhoto: (file: File) => Message
  readonly sendDocument: (file: File) => Message
  readonly block: () => void
  readonly unblock: () => void
  /** Types `@bot query` and waits for the results. */
  readonly inline: (query: string) => Promise<{ queryId: string; results: readonly InlineQueryResult[] }>
  readonly choose: (queryId: string, resultId: string) => Message

  /** All messages of the chat, oldest first. */
  readonly messages: () => readonly Message[]
  /** Returns the bot's newest message, ignoring service messages; throws without one. */
  readonly lastMessage: () => Message
  /** Returns a message's current state; undefined if it is deleted. */
  readonly current: (message: Message) => Message | undefined
  readonly post: (message: Message) => Post | undefined

  /**
   * Waits for a world event. This and the following methods search what happened since this user's last action and after the
   * last event found, so nothing is missed or found twice.
   */
  readonly waitFor: EventLog['next']
  /** Discards past events that no wait should find. */
  readonly mark: EventLog['mark']
  /** Waits for the bot's next new message in this chat, ignoring service messages. */
  readonly nextMessage: (match?: Match, options?: Within) => Promise<Message>
  readonly nextEdit: (match?: Match, options?: Within) => Promise<Message>
  /** Waits for the bot's next message or edit. */
  readonly nextPost: (match?: Match, options?: Within) => Promise<Message>
  /** Waits for the answer to this user's tap. */
  readonly nextAnswer: (options?: Within) => Promise<Answered>
  /** Waits until the bot has confirmed every update and answered every tap. It may still be processing confirmed updates. */
  readonly settled: (options?: Within) => Promise<void>
}

export interface VirtualUserInput {
  /** The playground's owner by default; an unknown user is added. */
  readonly userId?: number
  /** The private chat with the bot by default. */
  readonly chatId?: number
  readonly firstName?: string
  /** Whether the bot may write first. */
  readonly started?: boolean
}

/** Creates a test user who acts and waits for the bot's reactions without sleeping. */
export function virtualUser(world: World, input: VirtualUserInput = {}): VirtualUser {
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
  const log = createEventLog(world)

  const act = <T>(action: () => T): T => {
    log.mark()
    return action()
  }
  const nextOf = async (types: readonly PostEvent['type'][], match: Match, options: Within | undefined) => {
    const isWanted = (event: WorldEvent): event is PostEvent => {
      if (event.type !== 'message' && event.type !== 'edited') return false
      const { post } = event
      return (
        types.includes(event.type) && event.chatId === chatId && isFromBot(post) && fits(post.message, match)
      )
    }
    return (await log.next(isWanted, options)).post.message
  }

  return {
    ...here,
    sendText: (text, more) => act(() => sendText(world, { ...here, ...more, text })),
    reply: (to, text, more) => {
      return act(() => sendText(world, { ...here, ...topicOf(to), ...more, text, replyTo: to.message_id }))
    },
    edit: (own, text) => act(() => editOwn(world, { ...here, messageId: own.message_id, text })),
    delete: (...messages) => {
      act(() =>
        deleteForEveryone(world, { ...here, messageIds: messages.map(({ message_id }) => message_id) }),
      )
    },
    react: (to, emoji) => act(() => react(world, { ...here, messageId: to.message_id, emoji })),
    open: (payload) => act(() => openStartLink(world, { ...here, payload })),
    tap: (label, on) => {
      return act(() =>
        tapLabel(world, { ...here, label, ...(on === undefined ? {} : { messageId: on.message_id }) }),
      )
    },
    tapData: (data, on) => {
      return act(() =>
        tapData(world, { ...here, messageId: typeof on === 'number' ? on : on.message_id, data }),
      )
    },
    forward: (message) => {
      return act(() =>
        forward(world, { ...here, messageId: message.message_id, fromChatId: message.chat.id }),
      )
    },
    forwardForeign: (text, from) => act(() => forwardForeign(world, { ...here, text, from })),
    send: (content, more) => act(() => sendContent(world, { ...here, ...more }, content)),
    sendPhoto: (file) => act(() => uploadPhoto(world, { ...here, ...file })),
    sendDocument: (file) => act(() => uploadDocument(world, { ...here, ...file })),
    block: () => act(() => blockBot(world, { userId })),
    unblock: () => act(() => unblockBot(world, { userId })),
    inline: async (query) => {
      const queryId = act(() => inlineQuery(world, { ...here, query }))
      const isAnswer = (event: WorldEvent): event is InlineAnswered => {
        return event.type === 'inline-answered' && event.queryId === queryId
      }
      return { queryId, results: (await log.next(isAnswer)).results }
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

    mark: log.mark,
    waitFor: log.next,
    nextMessage: (match, options) => nextOf(['message'], match, options),
    nextEdit: (match, options) => nextOf(['edited'], match, options),
    nextPost: (match, options) => nextOf(['message', 'edited'], match, options),
    nextAnswer: (options) => {
      const isAnswer = (event: WorldEvent): event is Answered => {
        return event.type === 'callback-answered' && event.userId === userId
      }
      return log.next(isAnswer, options)
    },
    settled: async (options) => {
      const isQuiet = () => world.updates.pending().length === 0 && world.taps.size === 0
      await log.until(() => (isQuiet() ? true : undefined), options)
    },
  }
}

function fits(message: Message, match: Match): boolean {
  const { text } = textOfPost(message)
  if (match === undefined) return true
  return typeof match === 'string' ? text.includes(match) : match.test(text)
}

function isFromBot({ fromBot, message }: Post): boolean {
  return fromBot && message.pinned_message === undefined && message.forum_topic_created === undefined
}

function topicOf({ is_topic_message, message_thread_id }: Message): { threadId?: number } {
  return is_topic_message && message_thread_id !== undefined ? { threadId: message_thread_id } : {}
}
