import { z } from '@hono/zod-openapi'
import { isIdempotencyKey } from '../../domain/access/idempotency.ts'
import { text } from '../../domain/core/text.ts'
import { LabelName } from '../../domain/labels/label.ts'
import { CriterionText, TaskPriorityName } from '../../domain/tasks/schemas.ts'
import { EngineInput, ProjectKeyInput, TaskReference } from '../wire/common.ts'

const reference = z.string().refine((value) => TaskReference.safeParse(value).success, {
  error: 'must be a task key, e.g. WEB-12, or a UUID',
})
export const taskId = reference.describe('Task key or UUID')
export const otherTaskId = reference
export const engine = EngineInput.optional().describe('Acting engine; inferred if omitted')
export const projectKey = z
  .string()
  .trim()
  .refine((value) => ProjectKeyInput.safeParse(value).success, { error: 'must be a project key, e.g. WEB' })
  .describe('Project key, e.g. WEB')
export const labelNames = z
  .array(LabelName)
  .max(50)
  .describe('Label names in order; missing ones are created')
export const acceptanceCriteria = z.array(CriterionText).max(200).describe('One checkable outcome each')
export const priority = TaskPriorityName.optional().describe('Priority')
export const idempotencyKey = z
  .string()
  .refine(isIdempotencyKey, { error: 'must be 1 to 200 visible ASCII characters' })
  .optional()
  .describe('Same key and arguments again: the first answer, nothing written')
/** Text that must not be blank. */
export const nonBlankText = (max: number) =>
  text(max).pipe(z.string().trim().min(1, { error: 'must not be blank' }))
export const limit = (max: number) => z.int().min(1).max(max).optional().describe('Rows a page')
// A refinement, not a pattern: the pattern would add 500 tokens to every tools/list.
export const instant = z
  .string()
  .refine(
    (at) => z.iso.datetime({ offset: true }).safeParse(at).success,
    'must be an ISO 8601 time with an offset',
  )
  .transform((at) => new Date(at))
