import { newTaskCard, newTaskProjectTap } from '../../../view/system/help.ts'
import { noProjectCard } from '../../../view/system/home.ts'
import type { BotContext } from '../../kit/context.ts'
import { createFeature, type Feature, onAnswer, onCommand, onTap } from '../../kit/feature.ts'
import { ask, closePrompt } from '../../kit/prompts.ts'
import { showScreen } from '../../kit/show.ts'
import { captureContent, isAnything } from '../../kit/tasks/capture-message.ts'
import { contentOf } from '../../kit/tasks/captured.ts'

/** /new: captures the text or the message it replies to. Without either, asks for the task, its project, and then its priority. */
export function newTask(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    { command: 'new', usage: '[text]', description: 'Add a task', menu: 2, acts: true },
    async (ctx) => {
      const content = ctx.message === undefined ? null : contentOf(ctx, ctx.message)
      if (content !== null && isAnything(content)) return captureContent(ctx, content)
      const keys = await projectKeys(ctx)
      const [first] = keys
      if (first === undefined) return showScreen(ctx, noProjectCard())
      const wanted = ctx.settings.defaultProject ?? ctx.settings.lastProject ?? first
      const project = keys.includes(wanted) ? wanted : first
      await ask(ctx, newTaskCard(keys, project), { kind: 'prompt', ask: 'new-task', about: project })
    },
  )
  onTap(feature, newTaskProjectTap, async (ctx, { projectKey: project }) => {
    const topic = { kind: 'prompt', ask: 'new-task', about: project } as const
    await showScreen(ctx, newTaskCard(await projectKeys(ctx), project), { purpose: 'prompt', topic })
  })
  onAnswer(feature, 'new-task', async (ctx, answer) => {
    if (ctx.message === undefined) return
    // The reply quotes the prompt, which isn't part of the task.
    const content = { ...contentOf(ctx, ctx.message), quote: '', about: [] }
    const project = answer.prompt.about ?? ''
    await closePrompt(ctx, answer, () => captureContent(ctx, content, { project, menu: 'priority' }))
  })
  return feature
}

async function projectKeys(ctx: BotContext): Promise<string[]> {
  return (await ctx.projects()).map((project) => project.projectKey)
}
