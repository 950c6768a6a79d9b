import { type CommandContext, Composer } from 'grammy'
import type { PromptKind } from '../../telegram/store/reply-topic.ts'
import { type ActName, type Callback, parseCallback, type ScreenName } from '../../view/kit/callbacks.ts'
import type { CommandName } from './commands.ts'
import type { BotContext, Prompt } from './context.ts'

/** One feature of the bot: its middleware, and what it serves. */
export interface Feature extends Composer<BotContext> {
  readonly commands: CommandName[]
  readonly answers: [PromptKind, AnswerHandler][]
}

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
  return Object.assign(new Composer<BotContext>(), { commands: [], answers: [] })
}

/** Handles a command. */
export function onCommand(
  feature: Feature,
  name: CommandName,
  handle: (ctx: CommandContext<BotContext>) => Promise<void>,
): void {
  feature.commands.push(name)
  feature.command(name, handle)
}

/** Handles the answers to a kind of prompt. */
export function onAnswer(feature: Feature, kind: PromptKind, handle: AnswerHandler): void {
  feature.answers.push([kind, handle])
}

/** Returns what handles the answer to each kind of prompt. */
export function answersOf(features: readonly Feature[]): Answers {
  return new Map(features.flatMap(({ answers }) => answers))
}

type Of<D extends Callback['do']> = Extract<Callback, { readonly do: D }>

/** Handles the taps that mean `does`. */
export function onTap<D extends Callback['do']>(
  feature: Feature,
  does: D,
  handle: (ctx: BotContext, callback: Of<D>) => Promise<void>,
): void {
  feature.on('callback_query:data', async (ctx, next) => {
    const callback = parseCallback(ctx.callbackQuery.data)
    if (callback?.do === does) await handle(ctx, callback as Of<D>)
    else await next()
  })
}

/** Handles the buttons that lead to a screen. */
export function onScreen(
  feature: Feature,
  name: ScreenName,
  handle: (ctx: BotContext, argument: string, page: number) => Promise<void>,
): void {
  feature.on('callback_query:data', async (ctx, next) => {
    const callback = parseCallback(ctx.callbackQuery.data)
    if (callback?.do === 'screen' && callback.name === name)
      await handle(ctx, callback.argument, callback.page)
    else await next()
  })
}

/** Handles the acts of screens other than a task's. */
export function onAct(
  feature: Feature,
  name: ActName,
  handle: (ctx: BotContext, about: string, value: string) => Promise<void>,
): void {
  feature.on('callback_query:data', async (ctx, next) => {
    const callback = parseCallback(ctx.callbackQuery.data)
    if (callback?.do === 'act' && callback.name === name) await handle(ctx, callback.about, callback.value)
    else await next()
  })
}
