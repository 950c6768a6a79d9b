import { createFeature, type Feature } from '../../kit/feature.ts'

/** Logs when the owner blocks or unblocks the bot. Any update from the owner sends what was waiting. */
export function presence(): Feature {
  const feature = createFeature()
  feature.on('my_chat_member', (ctx) => {
    const { status } = ctx.myChatMember.new_chat_member
    const isAway = status === 'kicked' || status === 'left'
    ctx.deps.log.info({ status }, isAway ? 'the chat no longer takes messages' : 'the chat takes messages')
    if (!isAway) ctx.deps.onOwnerBack?.()
  })
  feature.use(async (ctx, next) => {
    ctx.deps.onOwnerBack?.()
    await next()
  })
  return feature
}
