import { Composer } from 'grammy'
import { doctorCard, type Finding } from '../../view/doctor.ts'
import type { BotContext } from '../context.ts'
import { showScreen } from '../show.ts'
import { onScreen } from '../taps.ts'

/** /doctor: looks at everything and names each fault with its mend. */
export function doctor(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('doctor', examine)
  onScreen(composer, 'doctor', examine)
  return composer
}

async function examine(ctx: BotContext): Promise<void> {
  await showScreen(ctx, doctorCard([...(await ctx.deps.diagnose()), ...findings(ctx)]))
}

/** What the bot knows of itself: its rights at @BotFather, the time zone, news that cannot sound. */
function findings({ me, chat, settings }: BotContext): Finding[] {
  const { timeZoneSet, timeZone, notify } = settings
  return [
    me.supports_inline_queries
      ? { name: 'Inline search', ok: true, detail: `@${me.username} words` }
      : {
          name: 'Inline search',
          ok: false,
          detail: 'is off',
          mend: 'Turn it on at @BotFather with /setinline.',
        },
    timeZoneSet
      ? { name: 'Time zone', ok: true, detail: timeZone }
      : {
          name: 'Time zone',
          ok: false,
          detail: 'is not set, so days begin by UTC',
          mend: 'Set it in /settings.',
        },
    ...(chat !== undefined && chat.type !== 'private' && !me.can_read_all_group_messages
      ? [
          {
            name: 'Group',
            ok: false,
            detail: 'the bot may not see plain messages',
            mend: 'Turn privacy mode off at @BotFather with /setprivacy, or make the bot an administrator.',
          },
        ]
      : []),
    ...(notify.needsYou === 'off'
      ? [
          {
            name: 'News',
            ok: false,
            detail: 'what needs you is turned off',
            mend: 'Turn it on in /settings, News.',
          },
        ]
      : []),
  ]
}
