import { listSessionRules, revokeSessionRule } from '../../../domain/questions/session-rules.ts'
import { changeSettings, readOwnerSettings } from '../../../domain/settings/settings.ts'
import { lockPermissions } from '../../../domain/tasks/questions/lock.ts'
import { toasts } from '../../../view/kit/answers.ts'
import {
  type PermissionChoice,
  permissionChoices,
  permissionsCard,
  permissionsScreen,
  permissionsTap,
  permissionsUndoTap,
  revokeRuleTap,
  rulesCard,
  rulesScreen,
} from '../../../view/system/permissions.ts'
import type { ChatCommand } from '../../kit/commands.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'
import { onUndo } from '../../kit/undo.ts'

const descriptions: Readonly<Record<PermissionChoice, string>> = {
  away: 'Get permissions in this chat',
  here: 'Keep permissions in the terminal',
  lock: 'Deny every permission',
  unlock: 'Ask for permissions again',
}

/** /away, /here, /lock and /unlock: what happens to the permissions that agents ask for; and what is allowed for sessions. */
export function permissions(): Feature {
  const feature = createFeature()
  for (const choice of permissionChoices) {
    const command: ChatCommand = { command: choice, description: descriptions[choice], acts: true }
    onCommand(feature, command, (ctx) => choose(ctx, choice))
  }
  onTap(feature, permissionsTap, (ctx, { to }) => choose(ctx, to))
  onTap(feature, permissionsScreen, (ctx) => showPermissions(ctx))
  onUndo(feature, permissionsUndoTap, (ctx) => showPermissions(ctx))
  onTap(feature, rulesScreen, (ctx, { page = 0 }) => showRules(ctx, page))
  onTap(feature, revokeRuleTap, async (ctx, { id }) => {
    const revoked = await revokeSessionRule(ctx.board, id)
    await toast(ctx, revoked === null ? toasts.unchanged : toasts.ruleRevoked)
    await showRules(ctx, 0)
  })
  return feature
}

async function choose(ctx: BotContext, choice: PermissionChoice): Promise<void> {
  const { auditId, denied = 0 } = await change(ctx, choice)
  if (ctx.callbackQuery !== undefined) await toast(ctx, auditId === null ? toasts.unchanged : undefined)
  await showPermissions(ctx, { undo: auditId, denied })
}

async function change(
  ctx: BotContext,
  choice: PermissionChoice,
): Promise<{ readonly auditId: string | null; readonly denied?: number }> {
  switch (choice) {
    case 'away':
    case 'here':
      return changeSettings(ctx.board, { presence: choice })
    case 'lock':
      return lockPermissions(ctx.board)
    case 'unlock':
      return changeSettings(ctx.board, { locked: false })
  }
}

async function showPermissions(
  ctx: BotContext,
  shown: Parameters<typeof permissionsCard>[1] = {},
): Promise<void> {
  const settings = await readOwnerSettings(scopeOf(ctx))
  await showScreen(ctx, permissionsCard(settings.permissions, shown))
}

async function showRules(ctx: BotContext, page: number): Promise<void> {
  const rules = await listSessionRules(scopeOf(ctx))
  await showScreen(ctx, rulesCard(rules, { page, now: ctx.board.now() }))
}
