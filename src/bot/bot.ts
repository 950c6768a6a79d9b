import { Bot, type BotConfig } from 'grammy'
import type { UserFromGetMe } from 'grammy/types'
import { faultCard } from '../view/kit/answers.ts'
import { access } from './access.ts'
import { answerEveryTap } from './answer-every-tap.ts'
import { awaitSent } from './await-sent.ts'
import type { BotContext, BotDeps } from './context.ts'
import { dialogs } from './conversations/dialogs.ts'
import { features } from './features/features.ts'
import { tokenLinks } from './features/tokens.ts'
import { followGroup } from './group.ts'
import { skipLateCommands } from './late.ts'
import { readCommands } from './read-commands.ts'
import { sayRefusals } from './refusals.ts'
import { resumeAnswers } from './resume.ts'

export interface BotOptions extends BotDeps {
  readonly token: string
  readonly me: UserFromGetMe
  readonly client: NonNullable<BotConfig<BotContext>['client']>
}

/** Builds the bot: the order of everything that an update meets, as one list. */
export function createBot(options: BotOptions): Bot<BotContext> {
  const bot = new Bot<BotContext>(options.token, { botInfo: options.me, client: options.client })
  bot.use(followGroup(options))
  bot.use(access(options))
  answerEveryTap(bot)
  bot.use(tokenLinks())
  bot.use(resumeAnswers())
  bot.use(sayRefusals())
  bot.use(
    readCommands((me) => {
      bot.botInfo = me
    }),
  )
  bot.use(skipLateCommands())
  bot.use(awaitSent())
  bot.use(dialogs(options))
  for (const feature of features()) bot.use(feature)
  return bot
}

/** Tells the owner that something failed on our side. */
export async function apologise(bot: Bot<BotContext>, chatId: number, updateId: number): Promise<void> {
  const { html } = faultCard(updateId).text
  await bot.api.sendMessage(chatId, html, { parse_mode: 'HTML' })
}
