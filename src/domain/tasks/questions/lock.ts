import type { Ctx } from '../../core/context.ts'
import { findOpenPermissions } from '../../questions/store.ts'
import { changeSettings } from '../../settings/settings.ts'
import { answerQuestion } from './answer.ts'

/** What an agent reads whose permission is denied while permissions are locked. */
export const lockedMessage =
  'The owner has locked all permissions. Do what needs none, or stop and ask the owner to unlock them.'

/** Denies every permission from now on, and those that wait. Returns how many it denied, and the audit entry for undo. */
export async function lockPermissions(
  ctx: Ctx,
): Promise<{ readonly auditId: string | null; readonly denied: number }> {
  const { auditId } = await changeSettings(ctx, { locked: true })
  let denied = 0
  for (const id of await findOpenPermissions(ctx)) {
    const { isLate } = await answerQuestion(ctx, id, { options: ['deny'], text: lockedMessage })
    if (!isLate) denied += 1
  }
  return { auditId, denied }
}
