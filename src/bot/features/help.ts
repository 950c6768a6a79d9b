import { Composer } from 'grammy'
import { helpCard } from '../../view/system/help.ts'
import { commands } from '../commands.ts'
import type { BotContext } from '../context.ts'
import { showScreen } from '../show.ts'

/** /help: the shorthand and every command. */
export function help(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('help', (ctx) => showScreen(ctx, helpCard(commands)))
  return composer
}
