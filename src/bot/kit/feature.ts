import { type CommandContext, Composer } from 'grammy'
import type { PromptKind, ReplyTopic } from '../../telegram/store/messages/reply-topic.ts'
import type { ButtonCodec } from '../../view/kit/callbacks.ts'
import type { ChatCommand } from './commands.ts'
import type { BotContext, Prompt } from './context.ts'

/** A feature of the bot: a composer and a record of what it handles. */
export interface Feature extends Composer<BotContext> {
  readonly commands: ChatCommand[]
  readonly buttons: ButtonCodec<unknown>[]
  readonly answers: [PromptKind, AnswerHandler][]
  readonly replies: [ReplyTopic['kind'], ReplyHandler][]
}

export type Answers = ReadonlyMap<PromptKind, AnswerHandler>
export type Replies = ReadonlyMap<ReplyTopic['kind'], ReplyHandler>

/** What the owner wrote. */
export interface Written {
  /** Markdown, including attached files and locations. */
  readonly text: string
  /** The same, below the passage that the reply quotes. */
  readonly withQuote: string
  /** The typed words only. */
  readonly plain: string
}

/** A reply to a prompt. */
export interface PromptAnswer {
  readonly prompt: Prompt
  readonly written: Written
  /** The prompt's message ID. */
  readonly messageId: number
}

type AnswerHandler = (ctx: BotContext, answer: PromptAnswer) => Promise<void>
type ReplyHandler = (ctx: BotContext, topic: ReplyTopic, written: Written) => Promise<void>

/** Creates an empty feature. */
export function createFeature(): Feature {
  return Object.assign(new Composer<BotContext>(), {
    commands: [],
    buttons: [],
    answers: [],
    replies: [],
  })
}

export function onCommand(
  feature: Feature,
  command: ChatCommand,
  handle: (ctx: CommandContext<BotContext>) => Promise<void>,
): void {
  feature.commands.push(command)
  feature.command(command.command, handle)
}

/** Handles the answers to one kind of prompt. */
export function onAnswer(feature: Feature, kind: PromptKind, handle: AnswerHandler): void {
  feature.answers.push([kind, handle])
}

/** Handles replies to messages with one kind of topic. */
export function onReply<K extends ReplyTopic['kind']>(
  feature: Feature,
  kind: K,
  handle: (ctx: BotContext, topic: Extract<ReplyTopic, { kind: K }>, written: Written) => Promise<void>,
): void {
  // Safe: `replies` looks handlers up by kind.
  feature.replies.push([kind, handle as ReplyHandler])
}

/** Returns the reply handler for each kind of topic. */
export function repliesOf(features: readonly Feature[]): Replies {
  return new Map(features.flatMap(({ replies }) => replies))
}

/** Returns the answer handler for each kind of prompt. */
export function answersOf(features: readonly Feature[]): Answers {
  return new Map(features.flatMap(({ answers }) => answers))
}

/** Handles taps on one kind of button. */
export function onTap<P>(
  feature: Feature,
  codec: ButtonCodec<P>,
  handle: (ctx: BotContext, payload: P) => Promise<void>,
): void {
  feature.buttons.push(codec)
  feature.on('callback_query:data', async (ctx, next) => {
    const payload = codec.decode(ctx.callbackQuery.data)
    await (payload === null ? next() : handle(ctx, payload))
  })
}
