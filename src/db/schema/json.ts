import { z } from 'zod'
import { taskStatuses } from './values.ts'

// The shapes of JSON columns. They describe what is stored; the modules above check input more strictly.

/** One part of a question: its text and the options to choose from. */
export const QuestionItem = z.object({
  id: z.string(),
  text: z.string(),
  options: z
    .array(z.object({ id: z.string(), label: z.string(), description: z.string().optional() }))
    .readonly(),
  /** Several options may be chosen. */
  multi: z.boolean(),
})
export type QuestionItem = z.infer<typeof QuestionItem>

/** The owner's answer per item: the chosen options, and the owner's words or the joined labels. */
export const QuestionAnswer = z.object({
  items: z
    .array(
      z.object({
        id: z.string(),
        text: z.string(),
        options: z.array(z.object({ id: z.string(), label: z.string() })).readonly(),
      }),
    )
    .readonly(),
})
export type QuestionAnswer = z.infer<typeof QuestionAnswer>

/** What the owner has answered so far of a question with several items, and what is chosen for the next one. */
export const QuestionDraft = z.object({
  items: QuestionAnswer.shape.items,
  /** The option IDs chosen for the current item, if several may be. */
  chosen: z.array(z.string()).readonly(),
  /** Words that the owner may still send with a denial. */
  words: z.string().optional(),
})
export type QuestionDraft = z.infer<typeof QuestionDraft>

/** The tool use that a hook asks about. */
export const AskedTool = z.object({
  name: z.string(),
  /** A SHA-256 of what identifies the tool's input. */
  input: z.string(),
  /** The ID that the tool's other hooks carry; null if none announced it. */
  useId: z.string().nullable(),
  /** The subagent that asks; null for the session's main agent. */
  agentId: z.string().nullable(),
  isDangerous: z.boolean(),
})
export type AskedTool = z.infer<typeof AskedTool>

/** The tool uses that a session's hooks have announced and that haven't asked for permission yet, oldest first. */
export const AnnouncedTools = z.array(AskedTool.omit({ isDangerous: true })).readonly()
export type AnnouncedTools = z.infer<typeof AnnouncedTools>

/** What an agent reported about its use of models in a run. A cost of null: the agent doesn't know it. */
export const RunUsage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number().nullable(),
})
export type RunUsage = z.infer<typeof RunUsage>

/**
 * What a work log says, by its kind: an agent's report (`result`, `plan`, `blocked`), the statuses of a move (`status`), or the
 * names of changed fields (`fields`). Artifacts come with a report or a change of fields.
 */
export const WorkLogData = z.object({
  summary: z.string().optional(),
  blockedReason: z.string().optional(),
  tests: z.string().optional(),
  prUrl: z.string().optional(),
  notes: z.string().optional(),
  checks: z.string().optional(),
  plan: z.string().optional(),
  artifacts: z
    .array(
      z.object({
        type: z.string(),
        url: z.string().optional(),
        localPath: z.string().optional(),
        reason: z.string().optional(),
        title: z.string().optional(),
      }),
    )
    .readonly()
    .optional(),
  from: z.enum(taskStatuses).optional(),
  to: z.enum(taskStatuses).optional(),
  fields: z.array(z.string()).readonly().optional(),
})
export type WorkLogData = z.infer<typeof WorkLogData>
