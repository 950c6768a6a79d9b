import { createHash } from 'node:crypto'
import { readState, writeState } from '../../../telegram/store/bot-state.ts'
import { helpCard } from '../../../view/system/help.ts'
import { createFeature, type Feature, onCommand } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'

/** Publishes the command menu to the owner's chat when the bot is linked, and whenever the menu changes. */
export function commandMenu(): Feature {
  const feature = createFeature()
  let published = ''
  feature.use(async (ctx, next) => {
    await next()
    const chatId = ctx.settings.chatId
    if (chatId === null) return
    const menu = ctx.commands
      .filter((command) => command.menu !== undefined)
      .map(({ command, description }) => ({ command, description }))
    const hash = createHash('sha256')
      .update(JSON.stringify([chatId, menu]))
      .digest('hex')
    if (hash === published) return
    const { store, now, log } = ctx.deps
    try {
      if ((await readState<string>(store, 'commands_hash')) !== hash) {
        await ctx.api.setMyCommands(menu, { scope: { type: 'chat', chat_id: chatId } })
        await writeState(store, 'commands_hash', hash, now())
      }
      published = hash
    } catch (error) {
      log.warn({ err: error }, 'the command menu could not be published; the next update tries again')
    }
  })
  return feature
}

/** /help: explains the shorthand and lists all commands. */
export function help(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'help', description: 'Help', menu: 12 }, (ctx) =>
    showScreen(ctx, helpCard(ctx.commands)),
  )
  return feature
}
