import { createHash } from 'node:crypto'
import { readState, writeState } from '../../../telegram/store/bot-state.ts'
import { helpCard } from '../../../view/system/help.ts'
import { commands, menuCommands, publishCommands } from '../../kit/commands.ts'
import { createFeature, type Feature, onCommand } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'

/** Puts the commands into the menu of the owner's chat, once it is bound and whenever the table has changed. */
export function commandMenu(): Feature {
  const feature = createFeature()
  let published = ''
  feature.use(async (ctx, next) => {
    await next()
    const chatId = ctx.settings.chatId
    if (chatId === null) return
    const hash = createHash('sha256')
      .update(JSON.stringify([chatId, menuCommands]))
      .digest('hex')
    if (hash === published) return
    const { store, now, log } = ctx.deps
    try {
      if ((await readState<string>(store, 'commands_hash')) !== hash) {
        await publishCommands(ctx.api, chatId)
        await writeState(store, 'commands_hash', hash, now())
      }
      published = hash
    } catch (error) {
      log.warn({ err: error }, 'the command menu could not be published; the next update tries again')
    }
  })
  return feature
}

/** /help: the shorthand and every command. */
export function help(): Feature {
  const feature = createFeature()
  onCommand(feature, 'help', (ctx) => showScreen(ctx, helpCard(commands)))
  return feature
}
