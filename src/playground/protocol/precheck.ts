import { checkCommands } from '../methods/commands.ts'
import { checkMarkup } from '../world/keyboard.ts'
import { refuseCall } from './refusal.ts'
import type { Schema } from './schema.ts'

type Params = Readonly<Record<string, unknown>>

const chatActions = new Set([
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
])
const parseModes = new Set(['', 'html', 'markdown', 'markdownv2'])

/** Telegram's exact error for a schema violation, by method and path. */
const descriptions: readonly (readonly [method: RegExp, path: RegExp, description: string])[] = [
  [/^setMessageReaction$/, /^\/reaction/, 'Bad Request: REACTION_INVALID'],
  [/^setWebhook$/, /^\/secret_token/, 'Bad Request: secret token is too long'],
  [/^answerCallbackQuery$/, /^\/text/, 'Bad Request: MESSAGE_TOO_LONG'],
]

/** Refuses with Telegram's exact errors what the schema would refuse with a generic one. */
export function refuseAsTelegram(schema: Schema, method: string, params: Params): void {
  if (schema.isRequired(method, 'chat_id') && isEmpty(params.chat_id)) {
    refuseCall(400, 'Bad Request: chat_id is empty')
  }
  if ((method === 'sendMessage' || method === 'editMessageText') && isEmpty(params.text)) {
    refuseCall(400, 'Bad Request: message text is empty')
  }
  const parseMode = params.parse_mode
  if (parseMode !== undefined && !parseModes.has(String(parseMode).toLowerCase())) {
    refuseCall(400, 'Bad Request: unsupported parse_mode')
  }
  if (method === 'sendChatAction' && !chatActions.has(String(params.action))) {
    refuseCall(400, 'Bad Request: wrong parameter action in request')
  }
  checkMarkup(params.reply_markup, { isEdit: method.startsWith('editMessage') })
  if (method === 'setMyCommands') checkCommands(params.commands)
}

/** Refuses a call that violates the schema. */
export function refuseViolations(
  method: string,
  violations: readonly { path: string; detail: string }[],
): void {
  const [first] = violations
  if (first === undefined) return
  const known = descriptions.find(([methods, paths]) => methods.test(method) && paths.test(first.path))
  const details = violations.map(({ detail }) => detail).join('; ')
  refuseCall(400, known?.[2] ?? `Bad Request: not allowed by the Bot API: ${details}`)
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === ''
}
