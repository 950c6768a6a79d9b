import { Bot, type BotConfig } from 'grammy'
import type { UserFromGetMe } from 'grammy/types'
import { faultCard } from '../view/kit/answers.ts'
import { dialogs } from './dialogs/dialogs.ts'
import { commandsOf, features } from './features/features.ts'
import type { BotContext, BotDeps } from './kit/context.ts'
import { replyWithRefusals } from './kit/refusals.ts'
import { resumeAnswers } from './kit/resume.ts'
import { access } from './middleware/access.ts'
import { answerEveryTap } from './middleware/answer-every-tap.ts'
import { awaitSent } from './middleware/await-sent.ts'
import { followGroup } from './middleware/group.ts'
import { skipLateCommands } from './middleware/late.ts'
import { readCommands } from './middleware/read-commands.ts'
import { tokenLinks } from './middleware/token-links.ts'

export interface BotOptions extends BotDeps {
  readonly token: string
  readonly me: UserFromGetMe
  readonly client: NonNullable<BotConfig<BotContext>['client']>
}

/** Creates the bot. Its middleware is listed here in the order in which an update passes it. */
export function createBot(options: BotOptions): Bot<BotContext> {
  const bot = new Bot<BotContext>(options.token, { botInfo: options.me, client: options.client })
  const served = features()
  bot.use(followGroup(options))
  bot.use(access(options))
  answerEveryTap(bot)
  bot.use(tokenLinks())
  bot.use(resumeAnswers())
  bot.use(replyWithRefusals())
  bot.use(
    readCommands(commandsOf(served), (me) => {
      bot.botInfo = me
    }),
  )
  bot.use(skipLateCommands())
  bot.use(awaitSent())
  bot.use(dialogs(options))
  bot.use(...served)
  return bot
}

/** Tells the owner that something failed on the bot's side. */
export async function reportFailure(bot: Bot<BotContext>, chatId: number, updateId: number): Promise<void> {
  const { html } = faultCard(updateId).text
  await bot.api.sendMessage(chatId, html, { parse_mode: 'HTML' })
}
