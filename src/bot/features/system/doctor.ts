import { zoneName } from '../../../view/settings/time-zones.ts'
import { doctorCard, doctorScreen, type Finding } from '../../../view/system/doctor.ts'
import type { BotContext } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'

/** /doctor: checks everything and shows how to fix each problem. */
export function doctor(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'doctor', description: 'Run a health check' }, examine)
  onTap(feature, doctorScreen, examine)
  return feature
}

async function examine(ctx: BotContext): Promise<void> {
  await showScreen(ctx, doctorCard([...(await ctx.deps.diagnose()), ...findings(ctx)]))
}

/** Checks what the bot knows without a request: its @BotFather settings, the time zone, disabled notifications. */
function findings({ me, chat, settings }: BotContext): Finding[] {
  const { timeZoneSet, timeZone, notify } = settings
  return [
    me.supports_inline_queries
      ? { name: 'Inline search', ok: true, detail: `@${me.username} words` }
      : {
          name: 'Inline search',
          ok: false,
          detail: 'off',
          fix: 'Turn it on in @BotFather with /setinline.',
        },
    timeZoneSet
      ? { name: 'Time zone', ok: true, detail: zoneName(timeZone) }
      : {
          name: 'Time zone',
          ok: false,
          detail: 'not set (using UTC)',
          fix: 'Set it in /settings.',
        },
    ...(chat !== undefined && chat.type !== 'private' && !me.can_read_all_group_messages
      ? [
          {
            name: 'Group',
            ok: false,
            detail: "I can't see plain messages",
            fix: 'Turn off privacy mode in @BotFather with /setprivacy, or make me an admin.',
          },
        ]
      : []),
    ...(notify.needsYou === 'off'
      ? [
          {
            name: 'Notifications',
            ok: false,
            detail: '“Needs you” is off',
            fix: 'Turn it on in /settings → Notifications.',
          },
        ]
      : []),
  ]
}
