import { Composer } from 'grammy'
import { helpCard } from '../../../view/system/help.ts'
import { commands } from '../../kit/commands.ts'
import type { BotContext } from '../../kit/context.ts'
import { showScreen } from '../../kit/show.ts'

/** /help: the shorthand and every command. */
export function help(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('help', (ctx) => showScreen(ctx, helpCard(commands)))
  return composer
}
