import { z } from 'zod'

// What runners send and receive. Imports nothing but zod, so that a runner can use it.

/** The engines that a runner can start. */
export const RunnerEngine = z.enum(['claude-code', 'codex', 'gemini-cli'])
export type RunnerEngine = z.infer<typeof RunnerEngine>

const Key = z.string().trim().min(1).max(20)
const Time = z.iso.datetime({ offset: true })
const Wait = z.number().min(0).max(50)

/** A usage limit of an engine, and when it ends. */
export const EngineLimit = z.strictObject({ engine: RunnerEngine, until: Time })
export type EngineLimit = z.infer<typeof EngineLimit>

/** The body of POST /api/runners: what a runner can start, and the runs whose processes are alive. */
export const RunnerBody = z.strictObject({
  name: z.string().min(1).max(60),
  host: z.string().min(1).max(100),
  engines: z.array(RunnerEngine).min(1).max(10),
  projects: z.array(Key).min(1).max(100),
  max: z.int().min(1).max(20),
  busy: z.int().min(0).max(20),
  runs: z.array(z.guid()).max(20).optional(),
  limits: z.array(EngineLimit).max(10).optional(),
  wait: Wait.optional(),
})
export type RunnerBody = z.infer<typeof RunnerBody>

/** The answer of POST /api/runners: runs to end, and the owner's words for runs. */
export const RunnerAnswer = z.object({
  id: z.guid(),
  lease_s: z.number(),
  stop: z.array(z.guid()),
  replies: z.array(z.object({ run: z.guid(), text: z.string(), at: Time })),
  unknown_projects: z.array(z.string()).optional(),
})
export type RunnerAnswer = z.infer<typeof RunnerAnswer>

/** The body with which a runner claims a task. */
export const RunnerClaimBody = z.strictObject({
  runner: z.guid(),
  engines: z.array(RunnerEngine).min(1).max(10),
  projects: z.array(Key).min(1).max(100),
  wait: Wait.optional(),
})
export type RunnerClaimBody = z.infer<typeof RunnerClaimBody>

/** The `run` of a task that a runner claimed. The token belongs to this run and ends with it. */
export const ClaimedRun = z.object({
  id: z.guid(),
  token: z.string().min(1),
  attempt: z.int(),
  engine: RunnerEngine,
  branch: z.string().min(1),
  base: z.string().nullable(),
  session: z.string().nullable(),
})
export type ClaimedRun = z.infer<typeof ClaimedRun>

const Usage = z.strictObject({
  input_tokens: z.int().min(0),
  output_tokens: z.int().min(0),
  cost_usd: z.number().min(0).nullable(),
})

/** The body of PATCH /api/runs/:id. */
export const RunPatch = z.strictObject({
  session: z.string().min(1).max(200).optional(),
  usage: Usage.optional(),
  files: z.int().min(0).max(1_000_000).optional(),
  base: z.string().trim().min(1).max(250).optional(),
  outcome: z.enum(['exited', 'lost', 'stopped']).optional(),
  limit: EngineLimit.optional(),
})
export type RunPatch = z.infer<typeof RunPatch>

/** A run as PATCH /api/runs/:id returns it. */
export const RunJson = z.object({
  id: z.guid(),
  task_key: z.string().nullable(),
  attempt: z.int(),
  engine: RunnerEngine.nullable(),
  branch: z.string().nullable(),
  base: z.string().nullable(),
  session: z.string().nullable(),
  started_at: Time,
  ended_at: Time.nullable(),
  outcome: z.string().nullable(),
  usage: Usage.nullable(),
  files: z.int().nullable(),
})
export type RunJson = z.infer<typeof RunJson>
