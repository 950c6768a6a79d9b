import { listWithoutTask } from '../../../domain/questions/store.ts'
import { readDigest } from '../../../domain/reports/digest.ts'
import { countByStatus } from '../../../domain/tasks/lists/list.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { homeScreen } from '../../../view/kit/links.ts'
import { dialogTap } from '../../../view/settings/set-up.ts'
import { homeCard } from '../../../view/system/home.ts'
import { enterDialog } from '../../dialogs/dialogs.ts'
import { setUpLacks } from '../../dialogs/set-up.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'
import { openByPayload } from '../../kit/tasks/deep-links.ts'
import { toast } from '../../kit/toast.ts'

/** /start: setup if it's incomplete, the task that a link names, otherwise home. */
export function start(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    { command: 'start', description: 'What needs you, who’s working', menu: 1 },
    async (ctx) => {
      if (await lacksSetUp(ctx)) await enterDialog(ctx, 'set-up')
      else if (ctx.match.startsWith('t_')) await openByPayload(ctx, ctx.match)
      else await showHome(ctx)
    },
  )
  onTap(feature, homeScreen, showHome)
  // A command ends the set-up; its buttons stay.
  onTap(feature, dialogTap, async (ctx) => {
    const lacks = await lacksSetUp(ctx)
    await toast(ctx, lacks ? toasts.setUpGoesOn : toasts.expired)
    if (lacks) await enterDialog(ctx, 'set-up')
  })
  return feature
}

const maxQuestions = 20

async function lacksSetUp(ctx: BotContext): Promise<boolean> {
  const { zone, project } = await setUpLacks(ctx)
  return zone || project
}

async function showHome(ctx: BotContext): Promise<void> {
  const scope = scopeOf(ctx)
  const viewer = viewerOf(ctx)
  const counts = await countByStatus(scope)
  const digest = await readDigest(scope, viewer)
  const questions = await listWithoutTask(scope, maxQuestions)
  await showScreen(ctx, homeCard({ counts, digest, questions, ...viewer }))
}
