import {
  createLabel,
  deleteLabel,
  type EditedLabel,
  mergeLabels,
  recolorLabel,
  renameLabel,
} from '../../../domain/labels/label-edits.ts'
import { countLabelled, type LabelCount, labelCounts } from '../../../domain/labels/labels.ts'
import { toasts } from '../../../view/kit/answers.ts'
import type { Card } from '../../../view/kit/card.ts'
import {
  type LabelUse,
  labelCard,
  labelColorCard,
  labelColorScreen,
  labelColorTap,
  labelDeleteCard,
  labelDeleteScreen,
  labelDeleteTap,
  labelMergeCard,
  labelMergeScreen,
  labelMergeTap,
  labelScreen,
  labelsCard,
  labelsScreen,
  labelUndoTap,
} from '../../../view/tasks/lists/labels.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onAnswer, onCommand, onTap } from '../../kit/feature.ts'
import { closePrompt } from '../../kit/prompts.ts'
import { orRefusal } from '../../kit/refusals.ts'
import { showScreen } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'
import { onUndo } from '../../kit/undo.ts'

/** /labels: create, rename, color, merge and delete labels. */
export function labels(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'labels', description: 'Manage labels' }, (ctx) => showLabels(ctx, 0))
  onTap(feature, labelsScreen, (ctx, { page = 0 }) => showLabels(ctx, page))
  onTap(feature, labelScreen, (ctx, { id }) => showLabel(ctx, id))
  onTap(feature, labelColorScreen, (ctx, { id }) => withLabel(ctx, id, labelColorCard))
  onTap(feature, labelDeleteScreen, (ctx, { id }) => withLabel(ctx, id, labelDeleteCard))
  onTap(feature, labelMergeScreen, (ctx, { id, page = 0 }) =>
    withLabel(ctx, id, (label, all) =>
      labelMergeCard(
        label,
        all.filter((other) => other.id !== id),
        page,
      ),
    ),
  )
  onTap(feature, labelColorTap, async (ctx, { id, color }) => {
    const edited = await change(ctx, () => recolorLabel(ctx.board, id, color))
    await showLabel(ctx, id, edited?.auditId)
  })
  onTap(feature, labelDeleteTap, async (ctx, { id }) => {
    const edited = await change(ctx, () => deleteLabel(ctx.board, id))
    await showLabels(ctx, 0, edited?.auditId)
  })
  onTap(feature, labelMergeTap, async (ctx, { from, into }) => {
    const edited = await change(ctx, () => mergeLabels(ctx.board, from, into))
    await showLabels(ctx, 0, edited?.auditId)
  })
  onUndo(feature, labelUndoTap, (ctx) => showLabels(ctx, 0))
  onAnswer(feature, 'new-label', async (ctx, answer) => {
    const made = await orRefusal(ctx, () => createLabel(ctx.board, { name: answer.written.plain }))
    if (made !== null) await closePrompt(ctx, answer, () => showLabel(ctx, made.label.id))
  })
  onAnswer(feature, 'label-name', async (ctx, answer) => {
    const id = answer.prompt.about ?? ''
    const renamed = await orRefusal(ctx, () => renameLabel(ctx.board, id, answer.written.plain))
    if (renamed === null) return
    await closePrompt(ctx, answer, () =>
      renamed.auditId === null ? showLabels(ctx, 0) : showLabel(ctx, renamed.label.id, renamed.auditId),
    )
  })
  return feature
}

async function showLabels(ctx: BotContext, page: number, undo?: string | null): Promise<void> {
  await showScreen(ctx, labelsCard({ labels: await labelCounts(scopeOf(ctx)), page, undo: undo ?? null }))
}

async function showLabel(ctx: BotContext, id: string, undo?: string | null): Promise<void> {
  await withLabel(ctx, id, (label) => labelCard(label, undo))
}

/** Shows a label's card, or the list if the label is gone. */
async function withLabel(
  ctx: BotContext,
  id: string,
  card: (label: LabelUse, all: readonly LabelCount[]) => Card,
): Promise<void> {
  const all = await labelCounts(scopeOf(ctx))
  const label = all.find((candidate) => candidate.id === id)
  if (label === undefined) {
    await toast(ctx, 'That label is gone.')
    return showLabels(ctx, 0)
  }
  const total = await countLabelled(scopeOf(ctx), id)
  await showScreen(ctx, card({ ...label, total }, all))
}

async function change(ctx: BotContext, work: () => Promise<EditedLabel>): Promise<EditedLabel | null> {
  const edited = await orRefusal(ctx, work)
  if (edited !== null) await toast(ctx, edited.auditId === null ? toasts.unchanged : 'Saved.')
  return edited
}
