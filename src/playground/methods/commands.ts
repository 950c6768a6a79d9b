import type { BotCommand, BotCommandScope } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import type { Room, World } from '../world/model.ts'
import { requireRoom } from '../world/target.ts'
import type { CallContext, Opts } from './method.ts'

export function setMyCommands(params: Opts<'setMyCommands'>, { world }: CallContext): true {
  const scope = requireScope(world, params.scope)
  const languageCode = params.language_code ?? ''
  const commands = params.commands.map(toCommand)
  const key = keyOf(scope, languageCode)
  if (commands.length === 0) world.bot.commands.delete(key)
  else world.bot.commands.set(key, { scope, languageCode, commands })
  world.emit({ type: 'commands' })
  return true
}

export function deleteMyCommands(params: Opts<'deleteMyCommands'>, { world }: CallContext): true {
  world.bot.commands.delete(keyOf(requireScope(world, params.scope), params.language_code ?? ''))
  world.emit({ type: 'commands' })
  return true
}

export function getMyCommands(params: Opts<'getMyCommands'>, { world }: CallContext): BotCommand[] {
  return (
    world.bot.commands.get(keyOf(requireScope(world, params.scope), params.language_code ?? ''))?.commands ??
    []
  )
}

/** Returns the commands a person sees in a room: from the narrowest scope that has any, preferring the person's language. */
export function commandsFor(world: World, room: Room, userId: number): readonly BotCommand[] {
  const languageCode = world.people.get(userId)?.user.language_code ?? ''
  for (const scope of scopesOf(room, userId)) {
    for (const language of [languageCode, '']) {
      const found = world.bot.commands.get(keyOf(scope, language))
      if (found !== undefined) return found.commands
    }
  }
  return []
}

function scopesOf({ chat }: Room, userId: number): readonly BotCommandScope[] {
  return chat.type === 'private'
    ? [{ type: 'chat', chat_id: chat.id }, { type: 'all_private_chats' }, { type: 'default' }]
    : [
        { type: 'chat_member', chat_id: chat.id, user_id: userId },
        { type: 'chat', chat_id: chat.id },
        { type: 'all_group_chats' },
        { type: 'default' },
      ]
}

/** Refuses invalid commands with Telegram's exact error, before the schema gives a generic one. */
export function checkCommands(commands: unknown): void {
  if (!Array.isArray(commands)) return
  for (const { command, description } of commands as readonly Partial<BotCommand>[]) {
    const name = command?.replace(/^\//, '') ?? ''
    const characters = [...(description ?? '')].length
    if (name === '') refuseCall(400, 'Bad Request: command must be non-empty')
    if (name.length > 32) refuseCall(400, 'Bad Request: command length must not exceed 32')
    if (characters === 0) refuseCall(400, 'Bad Request: command description must be non-empty')
    if (characters > 256) refuseCall(400, 'Bad Request: command description length must not exceed 256')
    if (!/^[a-z0-9_]+$/.test(name)) refuseCall(400, 'Bad Request: BOT_COMMAND_INVALID')
  }
}

function toCommand({ command, description }: BotCommand): BotCommand {
  return { command: command.replace(/^\//, ''), description }
}

function requireScope(world: World, scope: BotCommandScope | undefined): BotCommandScope {
  if (scope !== undefined && 'chat_id' in scope) requireRoom(world, scope.chat_id)
  return scope ?? { type: 'default' }
}

function keyOf(scope: BotCommandScope, languageCode: string): string {
  const chatId = 'chat_id' in scope ? Number(scope.chat_id) : 0
  const userId = 'user_id' in scope ? scope.user_id : 0
  return `${scope.type} ${chatId} ${userId} ${languageCode}`
}
