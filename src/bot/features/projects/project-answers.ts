import { editProject } from '../../../domain/projects/edit.ts'
import type { ProjectEdit } from '../../../domain/projects/schemas.ts'
import { setProjectSettings } from '../../../domain/projects/settings.ts'
import type { PromptKind } from '../../../telegram/store/messages/reply-topic.ts'
import { type Feature, onAnswer } from '../../kit/feature.ts'
import { closePrompt, orCleared } from '../../kit/prompts.ts'
import { orRefusal } from '../../kit/refusals.ts'
import { showDelivery, showProject } from './project-screens.ts'

/** Handles the answers to the prompts of project screens. */
export function answerProjectPrompts(feature: Feature): void {
  onEdit(feature, 'project-name', (name) => ({ name }))
  onEdit(feature, 'project-description', (text) => ({ description: orCleared(text) }))
  onEdit(feature, 'project-repo', (text) => ({ repoUrl: orCleared(text) }))
  onEdit(feature, 'project-url', (text) => ({ vercelUrl: orCleared(text) }))
  onEdit(feature, 'project-picture', (text) => ({ bgImage: orCleared(text) }))
  onSet(feature, 'project-instructions', (text) => ({ agent_instructions: orCleared(text) }))
  onSet(feature, 'project-branch', (text) => ({ deploy_default_branch: orCleared(text) }))
}

function onEdit(feature: Feature, kind: PromptKind, toEdit: (text: string) => ProjectEdit): void {
  onAnswer(feature, kind, async (ctx, answer) => {
    const key = answer.prompt.about ?? ''
    const edited = await orRefusal(ctx, () => editProject(ctx.board, key, toEdit(answer.written.plain)))
    if (edited !== null) await closePrompt(ctx, answer, () => showProject(ctx, key, edited.auditId))
  })
}

type SettingsPatch = Parameters<typeof setProjectSettings>[2]

function onSet(feature: Feature, kind: PromptKind, toPatch: (text: string) => SettingsPatch): void {
  onAnswer(feature, kind, async (ctx, answer) => {
    const key = answer.prompt.about ?? ''
    const patch = toPatch(answer.written.plain)
    const changed = await orRefusal(ctx, () => setProjectSettings(ctx.board, key, patch))
    if (changed !== null) await closePrompt(ctx, answer, () => showDelivery(ctx, key))
  })
}
