import { Composer } from 'grammy'
import { readDigest } from '../../domain/reports/digest.ts'
import { countByStatus } from '../../domain/tasks/lists/list.ts'
import { homeCard } from '../../view/system/home.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { enterDialog } from '../conversations/dialogs.ts'
import { setUpLacks } from '../conversations/set-up.ts'
import { showScreen } from '../show.ts'
import { onAct, onScreen } from '../taps.ts'
import { toast } from '../toast.ts'
import { openByPayload } from './deep-links.ts'

/** /start: the set-up while something of it is missing, a task where the link names one, else home. */
export function start(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('start', async (ctx) => {
    const lacks = await setUpLacks(ctx)
    if (lacks.zone || lacks.project) await enterDialog(ctx, 'set-up')
    else if (ctx.match.startsWith('t_')) await openByPayload(ctx, ctx.match)
    else await showHome(ctx)
  })
  onScreen(composer, 'home', showHome)
  onAct(composer, 'dialog', (ctx) => toast(ctx, 'That question is answered already.'))
  return composer
}

async function showHome(ctx: BotContext): Promise<void> {
  const scope = scopeOf(ctx)
  const reader = readerOf(ctx)
  const counts = await countByStatus(scope)
  const digest = await readDigest(scope, reader)
  await showScreen(ctx, homeCard({ counts, digest, ...reader }))
}
