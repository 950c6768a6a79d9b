import { listProjects } from '../../domain/projects/read.ts'
import { changeSettings } from '../../domain/settings.ts'
import { createTask } from '../../domain/tasks/create.ts'
import { countTasks, listTasks } from '../../domain/tasks/list.ts'
import { resolveTimeZone } from '../../domain/time-zone.ts'
import { sampleTask, setUpDone, zoneQuestion, zoneSettled } from '../../view/set-up.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { renderTask } from '../show.ts'
import { machineZone, zoneOfLocation } from '../zones.ts'
import { askFor, type Dialog, dialogBoard, pressed, type Reading, textFor } from './dialog.ts'
import { askProject } from './project-dialog.ts'

/** What the set-up still lacks, by what is on the board. */
export async function setUpLacks(
  ctx: BotContext,
): Promise<{ readonly zone: boolean; readonly project: boolean }> {
  return { zone: !ctx.settings.timeZoneSet, project: (await listProjects(scopeOf(ctx))).length === 0 }
}

/** The first minutes: time zone, first project, a task to try, the way to an agent. Asks only for what is not there yet. */
export async function setUp(dialog: Dialog): Promise<void> {
  const lacks = await dialog.external(setUpLacks)
  if (lacks.zone) {
    await askFor(dialog, {
      card: (ctx) =>
        zoneQuestion({ now: ctx.deps.now(), language: ctx.from?.language_code, machineZone: machineZone() }),
      read: readZone,
      settled: (zone, ctx) => zoneSettled(zone, ctx.deps.now()),
    })
  }
  if (lacks.project && (await askProject(dialog, { isFirst: true })) === null) return
  await dialog.external(finish)
}

/** A time zone by button, by name or city, or by a shared location. */
async function readZone(ctx: BotContext): Promise<Reading<string>> {
  const text = pressed(ctx, 'zone', 'set-up') ?? (await zoneOfLocation(ctx)) ?? (await textFor(ctx))
  if (text === null) return null
  const zone = resolveTimeZone(text)
  if (zone === null)
    return {
      problem: `I do not know a time zone "${text.slice(0, 40)}". Try the nearest big city, or Europe/Berlin.`,
    }
  await changeSettings(dialogBoard(ctx), { timeZone: zone })
  return { answer: zone }
}

async function finish(ctx: BotContext): Promise<void> {
  const [project] = await listProjects(scopeOf(ctx))
  if (project === undefined) return
  await ctx.sender.say(setUpDone({ key: project.projectKey, name: project.name }), { purpose: 'screen' })
  if ((await countTasks(scopeOf(ctx), {})) === 0) {
    await createTask(dialogBoard(ctx), {
      projectId: project.id,
      title: sampleTask.title,
      description: sampleTask.note,
      criteria: [...sampleTask.criteria],
    })
  }
  const [task] = await listTasks(scopeOf(ctx), {}, { limit: 1 })
  if (task === undefined) return
  const { card, about } = await renderTask(ctx, task)
  await ctx.sender.say(card, about)
}
