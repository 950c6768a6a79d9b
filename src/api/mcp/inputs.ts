import { z } from '@hono/zod-openapi'
import { CriterionText, LabelName } from '../../domain/tasks/schemas.ts'
import { EngineInput, ProjectKeyInput, TaskReference } from '../wire/common.ts'

export const taskId = TaskReference.describe('The task: its key, as PROJ-12, or its uuid')
export const engine = EngineInput.optional().describe(
  'The engine that acts; known from your client where left out',
)
export const projectKey = ProjectKeyInput.describe('The key of the project, as PROJ')
export const labels = z.array(LabelName).max(50).describe('Names of labels, in order; new ones are made')
export const acceptanceCriteria = z.array(CriterionText).max(200)
export const instant = z.iso.datetime({ offset: true }).transform((at) => new Date(at))
