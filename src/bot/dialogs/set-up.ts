import { listProjects } from '../../domain/projects/read.ts'
import { changeSettings } from '../../domain/settings/settings.ts'
import { createTask } from '../../domain/tasks/create.ts'
import { editTask } from '../../domain/tasks/edit/edit.ts'
import { countTasks, listTasks } from '../../domain/tasks/lists/list.ts'
import { resolveTimeZone } from '../../domain/time/time-zone.ts'
import { timeZoneTap } from '../../view/kit/links.ts'
import { sampleTask, setUpDone, zoneConfirmed, zoneQuestion } from '../../view/settings/set-up.ts'
import { type BotContext, scopeOf } from '../kit/context.ts'
import { renderTask } from '../kit/show.ts'
import { machineZone, zoneOfLocation } from '../kit/zones.ts'
import { askFor, type Dialog, type DialogReading, dialogBoard, textFor } from './dialog.ts'
import { askProject } from './project-dialog.ts'

/** Returns which setup steps the board still needs. */
export async function setUpLacks(
  ctx: BotContext,
): Promise<{ readonly zone: boolean; readonly project: boolean }> {
  return { zone: !ctx.settings.timeZoneSet, project: (await listProjects(scopeOf(ctx))).length === 0 }
}

/** First-time setup: time zone, first project, a sample task, and how to connect an agent. Skips what's already there. */
export async function setUp(dialog: Dialog): Promise<void> {
  const lacks = await dialog.external(setUpLacks)
  const knownZone = lacks.zone ? await dialog.external(setKnownZone) : null
  if (lacks.zone && knownZone === null) {
    await askFor(dialog, {
      card: (ctx) =>
        zoneQuestion({ now: ctx.deps.now(), language: ctx.from?.language_code, machineZone: machineZone() }),
      read: readZone,
      settled: (zone, ctx) => zoneConfirmed(zone, ctx.deps.now()),
    })
  }
  if (lacks.project) {
    const created = await askProject(dialog, { isFirst: true, isWelcome: knownZone !== null })
    if (created === null) return
  }
  await dialog.external((ctx) => finish(ctx, knownZone))
}

/** Sets the time zone if it's known without asking; otherwise returns null. */
async function setKnownZone(ctx: BotContext): Promise<string | null> {
  const zone = ctx.deps.knownTimeZone ?? null
  if (zone !== null) await changeSettings(dialogBoard(ctx), { timeZone: zone })
  return zone
}

/** Reads a time zone from a button, a name, a city or a shared location. */
async function readZone(ctx: BotContext): Promise<DialogReading<string>> {
  const shared = ctx.message === undefined ? null : await zoneOfLocation(ctx.message)
  const pressed = timeZoneTap.decode(ctx.callbackQuery?.data ?? '')
  const text = (pressed?.on === 'set-up' ? pressed.timeZone : null) ?? shared ?? (await textFor(ctx))
  if (text === null) return null
  const zone = resolveTimeZone(text)
  if (zone === null)
    return { problem: `I don't recognize “${text.slice(0, 40)}”. Try the nearest big city, e.g. Berlin.` }
  await changeSettings(dialogBoard(ctx), { timeZone: zone })
  return { answer: zone }
}

async function finish(ctx: BotContext, knownZone: string | null): Promise<void> {
  const [project] = await listProjects(scopeOf(ctx))
  if (project === undefined) return
  if ((await countTasks(scopeOf(ctx), {})) === 0) await createSample(ctx, project.id)
  const [task] = await listTasks(scopeOf(ctx), {}, { limit: 1 })
  if (task !== undefined) {
    const { card, about } = await renderTask(ctx, task)
    await ctx.sender.send(card, about)
  }
  const { projectKey: key, name, repoUrl } = project
  // Sent last, so that the prompt behind its button appears directly below.
  await ctx.sender.send(setUpDone({ key, name, hasRepo: repoUrl !== null }, knownZone), { purpose: 'screen' })
}

/** Queued, so that the first agent's first claim finds a task. */
async function createSample(ctx: BotContext, projectId: string): Promise<void> {
  const { title, note, criteria } = sampleTask
  const { task } = await createTask(dialogBoard(ctx), {
    projectId,
    title,
    description: note,
    criteria: [...criteria],
    status: 'todo',
  })
  await editTask(dialogBoard(ctx), task.id, { runState: 'queued' })
}
