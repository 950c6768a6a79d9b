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
import { unpackUuid } from '../../../view/kit/callbacks.ts'
import type { Card } from '../../../view/kit/card.ts'
import {
  type LabelUse,
  labelCard,
  labelColorCard,
  labelDeleteCard,
  labelMergeCard,
  labelsCard,
} from '../../../view/tasks/lists/labels.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onAct, onAnswer, onCommand, onScreen } from '../../kit/feature.ts'
import { closePrompt } from '../../kit/prompts.ts'
import { showScreen } from '../../kit/show.ts'
import { orRefusal, takeBack } from '../../kit/tasks/take-back.ts'
import { toast } from '../../kit/toast.ts'

/** /labels: new, rename, color, merge, delete. */
export function labels(): Feature {
  const feature = createFeature()
  onCommand(feature, 'labels', (ctx) => showLabels(ctx, 0))
  onScreen(feature, 'labels', (ctx, _argument, page) => showLabels(ctx, page))
  onScreen(feature, 'label', (ctx, id) => showLabel(ctx, id))
  onScreen(feature, 'label-color', (ctx, id) => withLabel(ctx, id, labelColorCard))
  onScreen(feature, 'label-delete', (ctx, id) => withLabel(ctx, id, labelDeleteCard))
  onScreen(feature, 'label-merge', (ctx, id, page) =>
    withLabel(ctx, id, (label, all) =>
      labelMergeCard(
        label,
        all.filter((other) => other.id !== id),
        page,
      ),
    ),
  )
  onAct(feature, 'label-color', async (ctx, id, color) => {
    const edited = await change(ctx, () => recolorLabel(ctx.board, id, color))
    await showLabel(ctx, id, edited?.auditId)
  })
  onAct(feature, 'label-delete', async (ctx, id) => {
    const edited = await change(ctx, () => deleteLabel(ctx.board, id))
    await showLabels(ctx, 0, edited?.auditId)
  })
  onAct(feature, 'label-merge', async (ctx, from, into) => {
    const edited = await change(ctx, () =>
      mergeLabels(ctx.board, unpackUuid(from) ?? '', unpackUuid(into) ?? ''),
    )
    await showLabels(ctx, 0, edited?.auditId)
  })
  onAct(feature, 'undo-label', async (ctx, _about, auditId) => {
    await takeBack(ctx, auditId)
    await showLabels(ctx, 0)
  })
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
