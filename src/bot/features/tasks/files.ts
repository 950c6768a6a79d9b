import { readCard } from '../../../domain/tasks/card.ts'
import { readDetail } from '../../../domain/tasks/detail.ts'
import { requireTask } from '../../../domain/tasks/read.ts'
import { missingFilesCard, wholeTextCard } from '../../../view/kit/answers.ts'
import { filesScreen } from '../../../view/tasks/buttons.ts'
import { noteScreen, resultScreen } from '../../../view/tasks/menus.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { toast } from '../../kit/toast.ts'

const maxFiles = 10

/** Sends what doesn't fit on a card: the files in the note and comments, and a long note or result as a file. */
export function files(): Feature {
  const feature = createFeature()
  onTap(feature, filesScreen, (ctx, { key }) => sendFiles(ctx, key))
  onTap(feature, noteScreen, async (ctx, { key }) => {
    const { note } = await requireTask(scopeOf(ctx), key)
    await sendText(ctx, key, 'note', note)
  })
  onTap(feature, resultScreen, async (ctx, { key }) => {
    const { latestResult } = await readDetail(scopeOf(ctx), await requireTask(scopeOf(ctx), key))
    await sendText(ctx, key, 'result', latestResult?.detail ?? null)
  })
  return feature
}

async function sendFiles(ctx: BotContext, key: string): Promise<void> {
  const task = await requireTask(scopeOf(ctx), key)
  const { files: found } = await readCard(scopeOf(ctx), task)
  if (found.length === 0) return toast(ctx, 'There are no files now.')
  await toast(ctx)
  const about = {
    purpose: 'answer',
    taskId: task.id,
    replyTo: ctx.callbackQuery?.message?.message_id,
  } as const
  let missing = 0
  for (const file of found.slice(0, maxFiles)) {
    if (!(await ctx.sender.sendStored(file, about))) missing += 1
  }
  if (missing > 0) await ctx.sender.send(missingFilesCard(missing), about)
}

async function sendText(
  ctx: BotContext,
  key: string,
  what: 'note' | 'result',
  text: string | null,
): Promise<void> {
  const task = await requireTask(scopeOf(ctx), key)
  if (text === null || text === '') return toast(ctx, `There's no ${what} now.`)
  await toast(ctx)
  const about = {
    purpose: 'answer',
    taskId: task.id,
    replyTo: ctx.callbackQuery?.message?.message_id,
  } as const
  await ctx.sender.sendFile(
    { name: `${task.key}-${what}.md`, content: text },
    wholeTextCard(task, what),
    about,
  )
}
