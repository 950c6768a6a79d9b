import type { MessageEntity } from 'grammy/types'

const generic =
  'com|org|net|edu|gov|mil|int|info|biz|name|app|dev|page|site|online|tech|cloud|blog|shop|store|wiki|xyz|club|live|news|work|works|tools|chat|run|sh'
const countries =
  'ac|ad|ae|af|ag|ai|al|am|ao|ar|as|at|au|aw|ax|az|ba|bb|bd|be|bf|bg|bh|bi|bj|bm|bn|bo|br|bs|bt|bw|by|bz|ca|cc|cd|cf|cg|ch|ci|ck|cl|cm|cn|co|cr|cu|cv|cx|cy|cz|de|dj|dk|dm|do|dz|ec|ee|eg|es|et|eu|fi|fj|fm|fo|fr|ga|gd|ge|gf|gg|gh|gi|gl|gm|gn|gp|gr|gs|gt|gu|gy|hk|hm|hn|hr|ht|hu|id|ie|il|im|in|io|iq|ir|is|it|je|jm|jo|jp|ke|kg|kh|ki|km|kn|kr|kw|ky|kz|la|lb|lc|li|lk|lr|ls|lt|lu|lv|ly|ma|mc|md|me|mg|mk|ml|mm|mn|mo|mp|mq|mr|ms|mt|mu|mv|mw|mx|my|mz|na|nc|ne|nf|ng|ni|nl|no|np|nr|nu|nz|om|pa|pe|pf|pg|ph|pk|pl|pm|pn|pr|ps|pt|pw|py|qa|re|ro|rs|ru|rw|sa|sb|sc|sd|se|sg|si|sk|sl|sm|sn|so|sr|st|su|sv|sx|sy|sz|tc|td|tf|tg|th|tj|tk|tl|tm|tn|to|tr|tt|tv|tw|tz|ua|ug|uk|us|uy|uz|va|vc|ve|vg|vi|vn|vu|wf|ws|ye|yt|za|zm|zw'
const host = `(?:[\\p{L}\\d](?:[\\p{L}\\d-]*[\\p{L}\\d])?\\.)+(?:${generic}|${countries})`
const path = '(?:[/?#](?:[^\\s<>"]*[^\\s<>".,;:!?\\)\\]])?)?'
const wordBefore = '(?<![\\p{L}\\p{N}_.@/-])'

const patterns: readonly (readonly [MessageEntity['type'], RegExp])[] = [
  ['mention', /(?<![\p{L}\p{N}_])@[a-zA-Z0-9_]{4,32}(?![\p{L}\p{N}_])/gu],
  ['bot_command', /(?<![\p{L}\p{N}_/<>])\/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\p{L}\p{N}_/<>])/gu],
  ['hashtag', /(?<![\p{L}\p{N}_])#(?=\d*[\p{L}_])[\p{L}\p{N}_]{1,256}(?![\p{L}\p{N}_]*#)/gu],
  ['cashtag', /(?<![\p{L}\p{N}_$])\$[A-Z]{1,8}(?![\p{L}\p{N}_$])/gu],
  ['email', new RegExp(`(?<![\\p{L}\\p{N}_.+-])[\\w.+-]{1,64}@${host}(?![\\p{L}\\p{N}-])`, 'giu')],
  ['url', new RegExp(`${wordBefore}(?:https?|ftp|tonsite)://[\\p{L}\\d.-]+(?::\\d+)?${path}`, 'giu')],
  ['url', new RegExp(`${wordBefore}${host}(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\d])(?::\\d+)?${path}`, 'giu')],
]

/** Adds the entities that Telegram detects (commands, links, mentions …) where they don't overlap given ones. */
export function withDetectedEntities(text: string, given: readonly MessageEntity[]): MessageEntity[] {
  const closed = given.filter(
    ({ type }) => type === 'code' || type === 'pre' || type === 'text_link' || type === 'text_mention',
  )
  const candidates = patterns.flatMap(([type, pattern]) => {
    return [...text.matchAll(pattern)].map(
      ({ index, 0: { length } }) => ({ type, offset: index, length }) as MessageEntity,
    )
  })
  const found: MessageEntity[] = []
  for (const entity of candidates.sort(byPlace)) {
    if (![...closed, ...found].some((other) => overlap(entity, other))) found.push(entity)
  }
  return [...given, ...found].sort(byPlace)
}

function byPlace(a: MessageEntity, b: MessageEntity): number {
  return a.offset - b.offset || b.length - a.length
}

function overlap(a: MessageEntity, b: MessageEntity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length
}
