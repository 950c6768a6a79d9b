import type { InlineQueryResult } from 'grammy/types'
import { BotApiError, refuseCall } from '../protocol/refusal.ts'
import { formatted } from '../text/formatted.ts'
import { checkMarkup } from '../world/keyboard.ts'
import type { CallContext, Opts } from './method.ts'

const tooOld = 'Bad Request: query is too old and response timeout expired or query ID is invalid'
const tapSeconds = 15
const inlineSeconds = 30

export function answerCallbackQuery(params: Opts<'answerCallbackQuery'>, { world }: CallContext): true {
  const tap = world.taps.get(params.callback_query_id)
  if (tap === undefined || world.clock().getTime() - tap.tappedAt > tapSeconds * 1000) refuseCall(400, tooOld)
  if (params.url !== undefined && !/^(?:https?:\/\/t\.me\/|tg:\/\/)/.test(params.url)) {
    refuseCall(400, 'Bad Request: URL_INVALID')
  }
  world.taps.delete(tap.queryId)
  const { queryId, userId, chatId, messageId } = tap
  world.emit({
    type: 'callback-answered',
    queryId,
    userId,
    chatId,
    messageId,
    showAlert: params.show_alert ?? false,
    ...(params.text === undefined || params.text === '' ? {} : { text: params.text }),
    ...(params.url === undefined ? {} : { url: params.url }),
  })
  return true
}

export function answerInlineQuery(params: Opts<'answerInlineQuery'>, { world }: CallContext): true {
  const query = world.inlineQueries.get(params.inline_query_id)
  const isOld = query === undefined || world.clock().getTime() - query.askedAt > inlineSeconds * 1000
  if (isOld || query.results !== null) refuseCall(400, tooOld)
  const results = params.results as readonly InlineQueryResult[]
  if (results.length > 50) refuseCall(400, 'Bad Request: RESULTS_TOO_MUCH', { violation: 'limit' })
  if (new Set(results.map(({ id }) => id)).size < results.length)
    refuseCall(400, 'Bad Request: RESULT_ID_DUPLICATE')
  for (const result of results) checkResult(result)
  query.results = results
  world.emit({
    type: 'inline-answered',
    queryId: query.queryId,
    userId: query.userId,
    results,
    nextOffset: params.next_offset ?? '',
    ...(params.button === undefined ? {} : { button: params.button }),
  })
  return true
}

function checkResult(result: InlineQueryResult): void {
  checkMarkup('reply_markup' in result ? result.reply_markup : undefined, { isEdit: false })
  const content = 'input_message_content' in result ? result.input_message_content : undefined
  if (content === undefined || !('message_text' in content)) return
  try {
    formatted(content.message_text, content.parse_mode, content.entities)
  } catch (error) {
    if (!(error instanceof BotApiError)) throw error
    const detail = error.message.replace(/^Bad Request: can't/, "Can't")
    refuseCall(400, `Bad Request: can't parse inline query result: ${detail}`)
  }
}
