import { z } from '@hono/zod-openapi'
import { text } from '../../domain/core/text.ts'
import { readDetail } from '../../domain/tasks/detail.ts'
import { editTask } from '../../domain/tasks/edit/edit.ts'
import { listTaskLog, requireComment } from '../../domain/tasks/notes/comments.ts'
import { recordFetched } from '../../domain/tasks/notes/feedback.ts'
import { requireTask } from '../../domain/tasks/read.ts'
import { readTaskAnswer } from '../wire/answers.ts'
import { fitPage } from './fit-page.ts'
import { engine, nonBlankText, taskId } from './inputs.ts'
import { instructions } from './instructions.ts'
import { defineTool, performTool } from './tool.ts'

const commentId = z.guid({ error: 'must be the ID of a comment' })

/** PREQSTATION's other tools, for its clients. They can be called but aren't listed: the listed tools do the same. */
export const compatibleTools = [
  defineTool({
    name: 'preq_list_task_comments',
    description: 'Lists the comments on a task, oldest first.',
    kind: 'read',
    input: z.object({ taskId, cursor: z.guid().optional() }),
    run: async ({ ctx }, input) => {
      const task = await requireTask(ctx, input.taskId)
      const page = { kinds: ['comment'] as const, limit: 200, after: input.cursor }
      const { entries, nextCursor } = await listTaskLog(ctx, task.id, page)
      await recordFetched(ctx, await readDetail(ctx, task))
      const rows = fitPage(entries.map(toCommentJson))
      return {
        task: { id: task.key, task_key: task.key },
        count: rows.length,
        comments: rows,
        next_cursor: rows.length < entries.length ? (rows.at(-1)?.id ?? null) : nextCursor,
      }
    },
  }),
  defineTool({
    name: 'preq_get_task_comment',
    description: 'Gets a comment and its task.',
    kind: 'read',
    input: z.object({ commentId, engine }),
    run: async ({ ctx, assignee }, input) => {
      const { task, comment } = await requireComment(ctx, input.commentId)
      return { comment: toCommentJson(comment), task: (await readTaskAnswer(ctx, task.id, assignee)).task }
    },
  }),
  defineTool({
    name: 'preq_reply_task_comment',
    description: 'Comments on the task of a comment.',
    kind: 'write',
    input: z.object({
      commentId,
      body: nonBlankText(20_000),
      noteUpdated: z.boolean().optional(),
      metadata: z.record(z.string(), z.unknown()).optional(),
      engine,
    }),
    run: async (call, { commentId, body }) => {
      const { task } = await requireComment(call.ctx, commentId)
      const answer = await performTool(call, {
        verb: (ctx) => editTask(ctx, task.id, { comment: body }),
        answer: async ({ commentId: id }) => ({ reply: { id, task_key: task.key, body } }),
      })
      return answer ?? {}
    },
  }),
  defineTool({
    name: 'preq_update_task_comment_state',
    description:
      'Takes note of the state. Comments have none here; the message of a failure becomes a comment.',
    kind: 'write',
    input: z.object({
      commentId,
      runState: z.enum(['queued', 'working', 'done', 'failed']),
      errorMessage: text(4_000).optional(),
      engine,
    }),
    run: async (call, { commentId, runState, errorMessage = '' }) => {
      const { task, comment } = await requireComment(call.ctx, commentId)
      const body = { comment: { ...toCommentJson(comment), run_state: runState } }
      if (runState !== 'failed' || errorMessage.trim() === '') return body
      const answer = await performTool(call, {
        verb: (ctx) => editTask(ctx, task.id, { comment: `Failed: ${errorMessage.trim()}` }),
        answer: async () => body,
      })
      return answer ?? {}
    },
  }),
  defineTool({
    name: 'preq_agent_guide',
    description: 'Gets the instructions of this server.',
    kind: 'read',
    input: z.object({ engine }),
    run: async () => ({ guide: instructions }),
  }),
  defineTool({
    name: 'preq_whoami',
    description: 'Gets what your token may do, and what it works on.',
    kind: 'read',
    input: z.object({}),
    run: (call) => call.me(),
  }),
]

function toCommentJson({
  id,
  author,
  detail,
  at,
}: Awaited<ReturnType<typeof listTaskLog>>['entries'][number]) {
  const words = detail ?? ''
  return {
    id,
    author,
    author_type: author === 'owner' ? 'user' : 'agent',
    text: words,
    body: words,
    at: at.toISOString(),
    created_at: at.toISOString(),
  }
}
