import { createBot } from '../../src/bot/bot.ts'
import { createInbox } from '../../src/bot/intake/inbox.ts'
import { createDebounce } from '../../src/bot/kit/debounce.ts'
import { clientOptions, createTelegramApi } from '../../src/telegram/client.ts'
import type { NotifierHarness } from './notifier.ts'
import { scrub } from './updates.ts'

/** The bot that answers the owner, on the notifier harness's board, Telegram and clock. */
export interface Answers {
  /** Handles all pending updates in order. */
  readonly handle: () => Promise<void>
  readonly stop: () => Promise<void>
}

export function openAnswers(notifier: NotifierHarness): Answers {
  const { board, telegram, log } = notifier
  const { token, world } = telegram
  const bot = createBot({
    store: board.db,
    ownerId: board.ownerId,
    now: board.clock.now,
    log,
    setupCode: 'setup-code-for-tests',
    agentUrl: 'http://localhost:3000',
    onOwnerBack: () => notifier.delivery().resume(),
    elsewhere: createTelegramApi(notifier.client()),
    debounce: createDebounce(log),
    renderPng: async () => Buffer.alloc(0),
    diagnose: async () => [],
    token,
    me: world.bot.user,
    client: clientOptions(notifier.client()),
  })
  let open = 0
  let finished = () => {}
  const inbox = createInbox({
    store: board.db,
    botId: world.bot.user.id,
    now: board.clock.now,
    log,
    scrub,
    redact: (text) => text,
    handle: (update) => bot.handleUpdate(update),
    reportFailure: async () => {},
    onHandled: () => {
      open -= 1
      if (open === 0) finished()
    },
  })
  inbox.start()
  return {
    handle: async () => {
      const updates = world.updates.pending().map(({ update }) => update)
      if (updates.length === 0) return
      open = updates.length
      const all = new Promise<void>((resolve) => {
        finished = resolve
      })
      await inbox.accept(updates)
      for (const { update_id } of updates) world.updates.confirm(update_id)
      await all
    },
    stop: inbox.stop,
  }
}
