import { Composer } from 'grammy'
import { filesIn } from '../../domain/note-files.ts'
import { requireTask } from '../../domain/tasks/read.ts'
import { missingFilesCard } from '../../view/answers.ts'
import { toast } from '../access.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { onScreen } from '../taps.ts'

const mostFiles = 10

/** The 📎 button of a card: sends the files of its note again, by Telegram's own ids. */
export function files(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  onScreen(composer, 'files', async (ctx, key) => {
    const task = await requireTask(scopeOf(ctx), key)
    const found = filesIn(task.note)
    if (found.length === 0) return toast(ctx, 'There is no file in the note any more.')
    await toast(ctx)
    const replyTo = ctx.callbackQuery?.message?.message_id
    let missing = 0
    for (const file of found.slice(0, mostFiles)) {
      const isSent = await ctx.sender.sendStored(file, { purpose: 'answer', taskId: task.id, replyTo })
      if (!isSent) missing += 1
    }
    if (missing > 0)
      await ctx.sender.say(missingFilesCard(missing), { purpose: 'answer', taskId: task.id, replyTo })
  })
  return composer
}
