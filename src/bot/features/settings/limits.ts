import { DomainError } from '../../../domain/core/errors.ts'
import { liftLimit, requireLimit, useOtherEngine } from '../../../domain/tasks/runners/limits.ts'
import { toasts } from '../../../view/kit/answers.ts'
import {
  keepLimitTap,
  liftLimitTap,
  limitCard,
  limitGoneCard,
  limitUndoTap,
  otherEngineTap,
  toLimitId,
} from '../../../view/notifications/limits.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'
import { onUndo } from '../../kit/undo.ts'

/** The buttons of a message about a usage limit: keep to it, resume now, or use another engine. */
export function limits(): Feature {
  const feature = createFeature()
  onTap(feature, keepLimitTap, (ctx, { limit }) => show(ctx, limit, { decided: { kind: 'kept' } }))
  onTap(feature, liftLimitTap, async (ctx, { limit }) => {
    const lifted = await orGone(ctx, () => liftLimit(ctx.board, limit))
    if (lifted === null) return
    if (lifted.auditId === null) await toast(ctx, toasts.unchanged)
    await show(ctx, limit, { decided: { kind: 'lifted' }, undo: lifted.auditId })
  })
  onTap(feature, otherEngineTap, async (ctx, { limit, engine }) => {
    const moved = await orGone(ctx, () => useOtherEngine(ctx.board, limit, engine))
    if (moved === null) return
    const { count, auditId } = moved
    if (auditId === null) await toast(ctx, toasts.unchanged)
    await show(ctx, limit, {
      ...(count === 0 ? {} : { decided: { kind: 'moved', engine, count } }),
      undo: auditId,
    })
  })
  onUndo(feature, limitUndoTap, (ctx, about) => show(ctx, toLimitId(about) ?? ''))
  return feature
}

async function show(
  ctx: BotContext,
  id: string,
  options: Parameters<typeof limitCard>[2] = {},
): Promise<void> {
  const viewer = viewerOf(ctx)
  const limit = await orGone(ctx, () => requireLimit(scopeOf(ctx), id, viewer.now))
  if (limit !== null) await showScreen(ctx, limitCard(limit, viewer, options))
}

/** Shows that the runner is gone, if it is; then returns null. */
async function orGone<T>(ctx: BotContext, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'not-found') throw error
    await showScreen(ctx, limitGoneCard())
    return null
  }
}
