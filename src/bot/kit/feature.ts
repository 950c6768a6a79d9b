import { type CommandContext, Composer } from 'grammy'
import type { PromptKind } from '../../telegram/store/messages/reply-topic.ts'
import type { ButtonCodec } from '../../view/kit/callbacks.ts'
import type { CommandName } from './commands.ts'
import type { BotContext, Prompt } from './context.ts'

/** One feature of the bot: its middleware, and what it serves. */
export interface Feature extends Composer<BotContext> {
  readonly commands: CommandName[]
  readonly buttons: ButtonCodec<unknown>[]
  readonly suggestions: Map<CommandName, ToButtonData>
  readonly answers: [PromptKind, AnswerHandler][]
}

export type Suggestions = ReadonlyMap<CommandName, ToButtonData>
export type Answers = ReadonlyMap<PromptKind, AnswerHandler>

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
export interface Answer {
  readonly prompt: Prompt
  readonly written: Written
  /** The message that asked. */
  readonly messageId: number
}

type AnswerHandler = (ctx: BotContext, answer: Answer) => Promise<void>

/** Creates a feature that serves nothing yet. */
export function createFeature(): Feature {
  return Object.assign(new Composer<BotContext>(), {
    commands: [],
    buttons: [],
    suggestions: new Map(),
    answers: [],
  })
}

/** Returns the data of the button that does the same as a command with these words; null if there is none. */
type ToButtonData = (words: string) => string | null

/** Handles a command. A misspelled one is corrected by a button if there is `toButton`. */
export function onCommand(
  feature: Feature,
  name: CommandName,
  handle: (ctx: CommandContext<BotContext>) => Promise<void>,
  toButton?: ToButtonData,
): void {
  feature.commands.push(name)
  if (toButton !== undefined) feature.suggestions.set(name, toButton)
  feature.command(name, handle)
}

/** Handles the answers to a kind of prompt. */
export function onAnswer(feature: Feature, kind: PromptKind, handle: AnswerHandler): void {
  feature.answers.push([kind, handle])
}

/** Returns the commands that a button can stand for. */
export function suggestionsOf(features: readonly Feature[]): Suggestions {
  return new Map(features.flatMap(({ suggestions }) => [...suggestions]))
}

/** Returns what handles the answer to each kind of prompt. */
export function answersOf(features: readonly Feature[]): Answers {
  return new Map(features.flatMap(({ answers }) => answers))
}

/** Handles the taps on a button. */
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
