import { listSecurityEvents } from '../../../domain/access/security.ts'
import { listAudit } from '../../../domain/reports/audit.ts'
import { undoableByAgents } from '../../../domain/undo/undo.ts'
import { reportStrangers } from '../../../telegram/store/strangers.ts'
import { securityScreen } from '../../../view/kit/links.ts'
import { auditCard, auditScreen } from '../../../view/reports/audit.ts'
import { securityCard } from '../../../view/reports/security.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'

const entriesAPage = 12

/** /audit and /security: change history and security log, newest first, page by page. */
export function auditLog(): Feature {
  const feature = createFeature()
  onCommand(
    feature,
    {
      command: 'audit',
      usage: '[KEY]',
      description: 'Change history',
      toButton: (key) =>
        key.includes(':') ? null : auditScreen.encode({ about: key.toUpperCase(), before: null }),
    },
    (ctx) => showAudit(ctx, ctx.match.trim().toUpperCase()),
  )
  onTap(feature, auditScreen, (ctx, { about, before }) => showAudit(ctx, about, before))
  onCommand(feature, { command: 'security', description: 'Security log' }, (ctx) => showSecurity(ctx))
  onTap(feature, securityScreen, (ctx, { before }) => showSecurity(ctx, before))
  return feature
}

async function showAudit(ctx: BotContext, about: string, before: string | null = null): Promise<void> {
  const page = {
    limit: entriesAPage,
    ...(about === '' ? {} : { targetId: about }),
    ...(before === null ? {} : { before }),
  }
  const found = await listAudit(scopeOf(ctx), page)
  const undoable = await undoableByAgents(scopeOf(ctx), found.entries)
  const isFirst = before === null
  await showScreen(ctx, auditCard({ ...found, undoable }, { ...viewerOf(ctx), about, isFirst }))
}

async function showSecurity(ctx: BotContext, before: string | null = null): Promise<void> {
  await reportStrangers(ctx.deps.store, { ownerId: ctx.deps.ownerId, now: ctx.board.now() })
  const found = await listSecurityEvents(scopeOf(ctx), {
    limit: entriesAPage,
    ...(before === null ? {} : { before }),
  })
  await showScreen(ctx, securityCard(found, { ...viewerOf(ctx), isFirst: before === null }))
}
