import { Composer } from 'grammy'
import { listProjects } from '../../../domain/projects/read.ts'
import { newTaskCard } from '../../../view/system/help.ts'
import { noProjectCard } from '../../../view/system/home.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { ask, showScreen } from '../../kit/show.ts'
import { onAct } from '../../kit/taps.ts'
import { contentOf } from '../../kit/tasks/captured.ts'
import { captureContent, isAnything } from './capture.ts'

/** /new: with a text, or as a reply, the same as writing it; empty, asks what, in which project, and then how urgent. */
export function newTask(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('new', async (ctx) => {
    const content = ctx.message === undefined ? null : contentOf(ctx, ctx.message)
    if (content !== null && isAnything(content)) return captureContent(ctx, content)
    const keys = await projectKeys(ctx)
    const [first] = keys
    if (first === undefined) return showScreen(ctx, noProjectCard())
    const wanted = ctx.settings.defaultProject ?? ctx.settings.lastProject ?? first
    const project = keys.includes(wanted) ? wanted : first
    await ask(ctx, newTaskCard(keys, project), { kind: 'prompt', ask: 'new-task', about: project })
  })
  onAct(composer, 'new-in', async (ctx, project) => {
    const topic = { kind: 'prompt', ask: 'new-task', about: project } as const
    await showScreen(ctx, newTaskCard(await projectKeys(ctx), project), { purpose: 'prompt', topic })
  })
  return composer
}

async function projectKeys(ctx: BotContext): Promise<string[]> {
  return (await listProjects(scopeOf(ctx))).map((project) => project.projectKey)
}
