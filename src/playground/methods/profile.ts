import type { MenuButton, UserFromGetMe } from 'grammy/types'
import type { World } from '../world/model.ts'
import { requireRoom } from '../world/target.ts'
import type { CallContext, Opts } from './method.ts'

export function getMe(_: object, { world }: CallContext): UserFromGetMe {
  return { ...world.bot.user, first_name: world.bot.name }
}

export function setMyName(params: Opts<'setMyName'>, { world }: CallContext): true {
  return change(world, () => {
    world.bot.name = params.name || world.bot.user.first_name
  })
}

export function getMyName(_: object, { world }: CallContext): { name: string } {
  return { name: world.bot.name }
}

export function setMyDescription(params: Opts<'setMyDescription'>, { world }: CallContext): true {
  return change(world, () => {
    world.bot.description = params.description ?? ''
  })
}

export function getMyDescription(_: object, { world }: CallContext): { description: string } {
  return { description: world.bot.description }
}

export function setMyShortDescription(params: Opts<'setMyShortDescription'>, { world }: CallContext): true {
  return change(world, () => {
    world.bot.shortDescription = params.short_description ?? ''
  })
}

export function getMyShortDescription(_: object, { world }: CallContext): { short_description: string } {
  return { short_description: world.bot.shortDescription }
}

/** Without a chat ID, sets the default button of private chats. */
export function setChatMenuButton(params: Opts<'setChatMenuButton'>, { world }: CallContext): true {
  const button: MenuButton = params.menu_button ?? { type: 'default' }
  const room = params.chat_id === undefined ? undefined : requireRoom(world, params.chat_id)
  return change(world, () => {
    if (room === undefined) world.bot.menuButton = button
    else room.menuButton = button
  })
}

export function getChatMenuButton(params: Opts<'getChatMenuButton'>, { world }: CallContext): MenuButton {
  const room = params.chat_id === undefined ? undefined : requireRoom(world, params.chat_id)
  return room?.menuButton ?? world.bot.menuButton
}

function change(world: World, apply: () => void): true {
  apply()
  world.emit({ type: 'profile' })
  return true
}
