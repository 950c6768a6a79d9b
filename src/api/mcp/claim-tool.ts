import { z } from '@hono/zod-openapi'
import { LabelName } from '../../domain/labels/label.ts'
import { claimTask, objectiveOf } from '../../domain/tasks/claim.ts'
import { findWaiting, type Waiting } from '../../domain/tasks/lists/waiting.ts'
import { recordFetched } from '../../domain/tasks/notes/feedback.ts'
import { heldByToken } from '../../domain/tasks/own-runs.ts'
import type { TaskDetail } from '../../domain/tasks/task.ts'
import { waitFor } from '../kit/wait.ts'
import { toTaskAnswer } from '../wire/answers.ts'
import { engine, otherTaskId, projectKey } from './inputs.ts'
import { requireKnown } from './read-tools.ts'
import { defineTool, performTool } from './tool.ts'

/** The tool that hands out tasks. */
export const claimTool = defineTool({
  name: 'preq_claim_task',
  description:
    'Claims the next queued task for you; preq_start_task is not needed after it. task is null if there is nothing to claim.',
  kind: 'write',
  input: z.object({
    engine,
    projectKey: projectKey.optional(),
    label: LabelName.optional().describe('Only tasks with this label'),
    status: z.literal('todo').optional().describe('Also todo tasks that are not queued'),
    wait: z.number().min(0).max(50).optional().describe('Seconds to wait, at most 50'),
    next: z.boolean().optional().describe('Another task, although a run of yours is open'),
    resume: otherTaskId
      .optional()
      .describe('Takes over the run of this task from another session of your token'),
  }),
  run: async (call, { wait = 0, next, ...input }) => {
    const { ctx, assignee } = call
    const { projectKey, label } = input
    await requireKnown(ctx, { projectKeys: projectKey === undefined ? [] : [projectKey], label })
    let claimed: TaskDetail | null = null
    const waiting = { seconds: wait, client: call.client }
    const answer = await waitFor(call.deps, waiting, (isLast, signal) =>
      performTool(call, {
        verb: (ctx) => claimTask(ctx, { ...input, resumes: next ? 'none' : 'session' }),
        // A client that has disconnected doesn't get the task.
        check: () => signal.throwIfAborted(),
        answer: async ({ task, isResumed }) => {
          claimed = task
          if (task === null && !isLast) return null
          const held = (await heldByToken(ctx)).filter((key) => key !== task?.key)
          const others = held.length === 0 ? {} : { held }
          if (task === null) return { task, hint: emptyClaimHint(await findWaiting(ctx, input)), ...others }
          return {
            task: toTaskAnswer(task, assignee).task,
            objective: objectiveOf(task.status),
            ...(isResumed ? { resumed: true } : {}),
            ...(isResumed ? {} : others),
          }
        },
      }),
    )
    if (claimed !== null) await recordFetched(ctx, claimed)
    return answer ?? { task: null, hint: 'The wait was cut short.' }
  },
})

/** Explains to an agent why there is nothing to claim and what it can do. */
function emptyClaimHint({ forOthers, asked, todo }: Waiting): string {
  const parts = [
    ...forOthers.map(({ engine, count }) => `${countOf(count, 'queued task')} for ${engine}`),
    ...(asked > 0 ? [`${countOf(asked, 'task')} waiting for the owner's answer`] : []),
    ...(todo > 0
      ? [`${countOf(todo, 'task')} in todo that nobody queued (pass status "todo" to take the first)`]
      : []),
  ]
  return parts.length === 0
    ? 'Nothing is queued.'
    : `Nothing is queued for you. There ${parts[0]?.startsWith('1 ') ? 'is' : 'are'} ${parts.join(', ')}.`
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
