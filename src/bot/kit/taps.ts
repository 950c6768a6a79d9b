import type { Composer } from 'grammy'
import { type ActName, type Callback, parseCallback, type ScreenName } from '../../view/kit/callbacks.ts'
import type { BotContext } from './context.ts'

type Of<D extends Callback['do']> = Extract<Callback, { readonly do: D }>

/** Handles the taps that mean `does`. */
export function onTap<D extends Callback['do']>(
  composer: Composer<BotContext>,
  does: D,
  handle: (ctx: BotContext, callback: Of<D>) => Promise<void>,
): void {
  composer.on('callback_query:data', async (ctx, next) => {
    const callback = parseCallback(ctx.callbackQuery.data)
    if (callback?.do === does) await handle(ctx, callback as Of<D>)
    else await next()
  })
}

/** Handles the buttons that lead to a screen. */
export function onScreen(
  composer: Composer<BotContext>,
  name: ScreenName,
  handle: (ctx: BotContext, argument: string, page: number) => Promise<void>,
): void {
  composer.on('callback_query:data', async (ctx, next) => {
    const callback = parseCallback(ctx.callbackQuery.data)
    if (callback?.do === 'screen' && callback.name === name)
      await handle(ctx, callback.argument, callback.page)
    else await next()
  })
}

/** Handles the acts of screens other than a task's. */
export function onAct(
  composer: Composer<BotContext>,
  name: ActName,
  handle: (ctx: BotContext, about: string, value: string) => Promise<void>,
): void {
  composer.on('callback_query:data', async (ctx, next) => {
    const callback = parseCallback(ctx.callbackQuery.data)
    if (callback?.do === 'act' && callback.name === name) await handle(ctx, callback.about, callback.value)
    else await next()
  })
}
