import { z } from '@hono/zod-openapi'
import { CriterionText, LabelName } from '../../domain/tasks/schemas.ts'
import { EngineInput, ProjectKeyInput, TaskReference } from '../wire/common.ts'

export const taskId = TaskReference.describe('Task key, e.g. WEB-12, or UUID')
export const engine = EngineInput.optional().describe(
  'The acting engine; inferred from your client if omitted',
)
export const projectKey = ProjectKeyInput.describe('Project key, e.g. WEB')
export const labels = z.array(LabelName).max(50).describe('Label names in order; missing labels are created')
export const acceptanceCriteria = z.array(CriterionText).max(200)
// Checked here and not by a pattern, which alone would cost the reader of every list of tools 500 tokens.
export const instant = z
  .string()
  .refine(
    (at) => z.iso.datetime({ offset: true }).safeParse(at).success,
    'must be an ISO 8601 time with an offset',
  )
  .transform((at) => new Date(at))
