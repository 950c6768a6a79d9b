import { createLabel, renameLabel } from '../../../domain/labels/label-edits.ts'
import { editProject } from '../../../domain/projects/edit.ts'
import type { ProjectEdit } from '../../../domain/projects/schemas.ts'
import { setProjectSettings } from '../../../domain/projects/settings.ts'
import type { SettingsPatch } from '../../../domain/settings/setting-specs.ts'
import { changeSettings } from '../../../domain/settings/settings.ts'
import { toTimeOfDay, toTimeWindow } from '../../../domain/time/time-of-day.ts'
import { resolveTimeZone } from '../../../domain/time/time-zone.ts'
import type { BotContext } from '../../kit/context.ts'
import { refuse } from '../../kit/refusals.ts'
import { contentOf } from '../../kit/tasks/captured.ts'
import { orRefusal } from '../../kit/tasks/take-back.ts'
import { zoneOfLocation } from '../../kit/zones.ts'
import { showDelivery, showProject } from '../projects/projects.ts'
import { change, showPart } from '../settings/settings.ts'
import { askTokenSpan } from '../settings/tokens.ts'
import { captureContent } from '../tasks/capture.ts'
import { showLabel, showLabels } from '../tasks/labels.ts'
import type { PromptAnswers } from './replies.ts'

const aWeek = 7 * 24 * 60

/** What a reply does to each question that isn't about a task. */
export const promptAnswers = {
  'new-task': async (ctx, _text, project) => {
    const { message } = ctx
    if (message === undefined) return
    // What it replies to is the question.
    const content = { ...contentOf(ctx, message), quote: '', about: [] }
    await done(ctx, () => captureContent(ctx, content, { project, menu: 'priority' }))
  },
  'token-name': (ctx, text) => done(ctx, () => askTokenSpan(ctx, text)),
  'time-zone': async (ctx, text) => {
    const shared = ctx.message === undefined ? null : await zoneOfLocation(ctx.message)
    const timeZone = shared ?? resolveTimeZone(text)
    if (timeZone === null)
      return refuse(ctx, `I don't recognize “${text.slice(0, 40)}”. Try the nearest big city, e.g. Berlin.`)
    await done(ctx, () => change(ctx, 'zone', { timeZone }))
  },
  'digest-time': async (ctx, text) => {
    const digestTime = toTimeOfDay(text)
    if (digestTime === null) return refuse(ctx, "That isn't a time. Send it like 08:30.")
    await done(ctx, () => change(ctx, 'digest', { digestTime, digestEnabled: true }))
  },
  'quiet-hours': async (ctx, text) => {
    const quietHours = toTimeWindow(text)
    if (quietHours === undefined) return refuse(ctx, 'Send the hours like 22:00-07:00, or “none”.')
    await done(ctx, () => change(ctx, 'quiet', { quietHours }))
  },
  'stale-after': (ctx, text) =>
    minutes(ctx, text, (staleAfterMinutes) => change(ctx, 'stale', { staleAfterMinutes })),
  'queued-after': (ctx, text) =>
    minutes(ctx, text, (queuedAfterMinutes) => change(ctx, 'stale', { queuedAfterMinutes })),
  'runner-chat': (ctx, text) => setRunner(ctx, { runnerChat: chatIn(text) }),
  'runner-bot': (ctx, text) =>
    setRunner(ctx, { runnerBot: orCleared(text)?.trim().replace(/^@/, '') ?? null }),
  'project-name': (ctx, text, key) => editText(ctx, key, { name: text }),
  'project-description': (ctx, text, key) => editText(ctx, key, { description: orCleared(text) }),
  'project-repo': (ctx, text, key) => editText(ctx, key, { repoUrl: orCleared(text) }),
  'project-url': (ctx, text, key) => editText(ctx, key, { vercelUrl: orCleared(text) }),
  'project-picture': (ctx, text, key) => editText(ctx, key, { bgImage: orCleared(text) }),
  'project-instructions': (ctx, text, key) => setText(ctx, key, { agent_instructions: orCleared(text) }),
  'project-branch': (ctx, text, key) => setText(ctx, key, { deploy_default_branch: orCleared(text) }),
  'new-label': async (ctx, text) => {
    const made = await orRefusal(ctx, () => createLabel(ctx.board, { name: text }))
    if (made !== null) await done(ctx, () => showLabel(ctx, made.label.id))
  },
  'label-name': async (ctx, text, id) => {
    const renamed = await orRefusal(ctx, () => renameLabel(ctx.board, id, text))
    if (renamed === null) return
    await done(ctx, () =>
      renamed.auditId === null ? showLabels(ctx, 0) : showLabel(ctx, renamed.label.id, renamed.auditId),
    )
  },
} as const satisfies PromptAnswers

/** Shows the result of an answer and removes the question. */
async function done(ctx: BotContext, show: () => Promise<void>): Promise<void> {
  await show()
  const question = ctx.message?.reply_to_message
  if (question !== undefined) await ctx.sender.remove(question.message_id)
}

async function editText(ctx: BotContext, key: string, patch: ProjectEdit): Promise<void> {
  const edited = await orRefusal(ctx, () => editProject(ctx.board, key, patch))
  if (edited !== null) await done(ctx, () => showProject(ctx, key, edited.auditId))
}

async function setText(
  ctx: BotContext,
  key: string,
  patch: Parameters<typeof setProjectSettings>[2],
): Promise<void> {
  const changed = await orRefusal(ctx, () => setProjectSettings(ctx.board, key, patch))
  if (changed !== null) await done(ctx, () => showDelivery(ctx, key))
}

async function minutes(ctx: BotContext, text: string, set: (value: number) => Promise<void>): Promise<void> {
  const value = /^(\d{1,5})\s*(?:m|min|minutes?)?$/i.exec(text.trim())?.[1]
  if (value === undefined || Number(value) < 1 || Number(value) > aWeek) {
    return refuse(ctx, 'Send a number of minutes, e.g. 45 (a week at most).')
  }
  await done(ctx, () => set(Number(value)))
}

async function setRunner(ctx: BotContext, patch: SettingsPatch): Promise<void> {
  const changed = await orRefusal(ctx, () => changeSettings(ctx.board, patch))
  if (changed !== null) await done(ctx, () => showPart(ctx, 'runner', changed.auditId))
}

/** The chat that a text names, by ID, @name or link. */
function chatIn(text: string): string | null {
  return (
    orCleared(text)
      ?.trim()
      .replace(/^(?:https?:\/\/)?t\.me\/(\w+)\/?$/i, '@$1') ?? null
  )
}

function orCleared(text: string): string | null {
  return text.trim() === '-' ? null : text
}
