import * as answers from './answers.ts'
import * as chats from './chats.ts'
import * as commands from './commands.ts'
import * as deletes from './delete.ts'
import * as edits from './edit.ts'
import * as media from './media.ts'
import type { Method } from './method.ts'
import * as profile from './profile.ts'
import * as sends from './send.ts'
import * as updates from './updates.ts'

/** The implemented methods by name. */
export const methods: Readonly<Record<string, Method>> = {
  getUpdates: updates.getUpdates,
  setWebhook: updates.setWebhook,
  deleteWebhook: updates.deleteWebhook,
  getWebhookInfo: updates.getWebhookInfo,
  logOut: updates.logOut,
  close: updates.logOut,
  getMe: profile.getMe,
  setMyName: profile.setMyName,
  getMyName: profile.getMyName,
  setMyDescription: profile.setMyDescription,
  getMyDescription: profile.getMyDescription,
  setMyShortDescription: profile.setMyShortDescription,
  getMyShortDescription: profile.getMyShortDescription,
  setChatMenuButton: profile.setChatMenuButton,
  getChatMenuButton: profile.getChatMenuButton,
  setMyCommands: commands.setMyCommands,
  getMyCommands: commands.getMyCommands,
  deleteMyCommands: commands.deleteMyCommands,
  sendMessage: sends.sendMessage,
  forwardMessage: sends.forwardMessage,
  copyMessage: sends.copyMessage,
  sendChatAction: sends.sendChatAction,
  sendPhoto: media.sendPhoto,
  sendDocument: media.sendDocument,
  sendVideo: media.sendAgain('video'),
  sendVideoNote: media.sendAgain('video_note'),
  sendAudio: media.sendAgain('audio'),
  sendVoice: media.sendAgain('voice'),
  sendAnimation: media.sendAgain('animation'),
  sendMediaGroup: media.sendMediaGroup,
  getFile: media.getFile,
  editMessageText: edits.editMessageText,
  editMessageCaption: edits.editMessageCaption,
  editMessageMedia: edits.editMessageMedia,
  editMessageReplyMarkup: edits.editMessageReplyMarkup,
  deleteMessage: deletes.deleteMessage,
  deleteMessages: deletes.deleteMessages,
  answerCallbackQuery: answers.answerCallbackQuery,
  answerInlineQuery: answers.answerInlineQuery,
  setMessageReaction: chats.setMessageReaction,
  pinChatMessage: chats.pinChatMessage,
  unpinChatMessage: chats.unpinChatMessage,
  unpinAllChatMessages: chats.unpinAllChatMessages,
  getChat: chats.getChat,
  leaveChat: chats.leaveChat,
  getChatMember: chats.getChatMember,
  createForumTopic: chats.createForumTopic,
  editForumTopic: chats.editForumTopic,
}
