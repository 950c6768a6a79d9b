import { readKey } from '../../../domain/quick-add/key-words.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import { createWorkLog, listWorkLogs } from '../../../domain/tasks/work-logs.ts'
import { loggedCard, logScreen, logsAPage, timelineCard } from '../../../view/reports/timeline.ts'
import { afterCommand } from '../../kit/commands.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { ownText } from '../../kit/message/incoming.ts'
import { showScreen } from '../../kit/show.ts'
import { contentOf } from '../../kit/tasks/captured.ts'

/** /log: adds a work log; without text, shows the log of everything, a project or a task. */
export function log(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    { command: 'log', usage: '[KEY] [text]', description: 'Log work, or see the log', acts: true },
    async (ctx) => {
      const text = ctx.message === undefined ? '' : afterCommand(ownText(contentOf(ctx, ctx.message)))
      const { about, rest } = await readAbout(ctx, text)
      if (rest === '') await showTimeline(ctx, about, 0)
      else await writeLog(ctx, about, rest)
    },
  )
  onTap(feature, logScreen, (ctx, { about, page = 0 }) => showTimeline(ctx, about, page))
  return feature
}

interface About {
  readonly task?: string
  readonly projectKey?: string
}

/** Reads the key at the start of the text. Project keys must be in capitals, because `web` may be a word. */
async function readAbout(
  ctx: BotContext,
  text: string,
): Promise<{ readonly about: string; readonly rest: string }> {
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text.trim()) ?? []
  const name = word.replace(/:$/, '')
  const projects = await ctx.projects()
  const projectKeys = projects.map(({ projectKey }) => projectKey)
  const key = readKey(word, projectKeys) ?? (/^\w+-\d+$/.test(name) ? name : null)
  const task = key === null ? null : await findTask(scopeOf(ctx), key)
  if (task !== null) return { about: task.key, rest: withoutDash(rest) }
  const isNamed = (key: string) => key === name || `+${key.toLowerCase()}` === name.toLowerCase()
  const project = projects.find(
    ({ projectKey }) => isNamed(projectKey) || (rest === '' && projectKey === name.toUpperCase()),
  )
  return project === undefined
    ? { about: '', rest: text.trim() }
    : { about: project.projectKey, rest: withoutDash(rest) }
}

/** Removes the dash between a key and the text. Phones turn two hyphens into a dash. */
function withoutDash(text: string): string {
  return text.replace(/^[-–—]+(?:\s+|$)/, '')
}

function toFilter(about: string): About {
  if (about === '') return {}
  return about.includes('-') ? { task: about } : { projectKey: about }
}

async function showTimeline(ctx: BotContext, about: string, page: number): Promise<void> {
  const { entries, nextCursor } = await listWorkLogs(scopeOf(ctx), toFilter(about), {
    limit: logsAPage,
    offset: page * logsAPage,
  })
  const card = timelineCard({ about, logs: entries, page, hasMore: nextCursor !== null, ...viewerOf(ctx) })
  await showScreen(ctx, card)
}

async function writeLog(ctx: BotContext, about: string, text: string): Promise<void> {
  const [title = '', ...further] = text.split('\n')
  const isLong = [...title].length > 180
  const detail = (isLong ? text : further.join('\n')).trim()
  const log = await createWorkLog(ctx.board, {
    ...toFilter(about),
    title: title.trim(),
    detail: detail || null,
  })
  const task = log.taskKey === null ? null : await findTask(scopeOf(ctx), log.taskKey)
  await ctx.sender.send(loggedCard(log), {
    purpose: 'answer',
    taskId: task?.id ?? null,
    replyTo: ctx.message?.message_id,
  })
}
