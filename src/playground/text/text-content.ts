import type { LinkPreviewOptions, Message, MessageEntity } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import type { World } from '../world/model.ts'
import { withDetectedEntities } from './detect-entities.ts'
import { type Formatted, formatted } from './formatted.ts'

const entitiesHonoured = 100
const entitySize = 9_500

export interface TextParams {
  readonly text: string
  readonly parse_mode?: string
  readonly entities?: MessageEntity[]
  readonly link_preview_options?: LinkPreviewOptions
}

export interface CaptionParams {
  readonly caption?: string
  readonly parse_mode?: string
  readonly caption_entities?: MessageEntity[]
}

/** Builds a text message's content, or refuses the text. */
export function textContentOf(world: World, method: string, params: TextParams): Partial<Message> {
  if (params.text === '') refuseCall(400, 'Bad Request: message text is empty')
  const { text, entities } = checked(
    world,
    method,
    formatted(params.text, params.parse_mode, params.entities),
  )
  if (text === '') refuseCall(400, 'Bad Request: text must be non-empty')
  if ([...text].length > 4096) refuseCall(400, 'Bad Request: message is too long', { violation: 'limit' })
  const all = withDetectedEntities(text, entities)
  const preview = params.link_preview_options
  return {
    text,
    ...(all.length > 0 ? { entities: all } : {}),
    ...(preview === undefined ? {} : { link_preview_options: preview }),
  }
}

/** Builds a file's caption; empty without one. */
export function captionContentOf(world: World, method: string, params: CaptionParams): Partial<Message> {
  const { caption = '', parse_mode, caption_entities } = params
  const { text, entities } = checked(world, method, formatted(caption, parse_mode, caption_entities))
  if ([...text].length > 1024)
    refuseCall(400, 'Bad Request: message caption is too long', { violation: 'limit' })
  const all = withDetectedEntities(text, entities)
  return text === '' ? {} : { caption: text, ...(all.length > 0 ? { caption_entities: all } : {}) }
}

function checked(world: World, method: string, result: Formatted): Formatted {
  const { text, entities } = result
  const size = entities.reduce(
    (sum, entity) => sum + 16 + ('url' in entity ? Buffer.byteLength(entity.url) : 0),
    0,
  )
  if (size > entitySize) refuseCall(400, 'Bad Request: ENTITIES_TOO_LONG', { violation: 'limit' })
  if (entities.length <= entitiesHonoured) return result
  const detail = `${entities.length - entitiesHonoured} of ${entities.length} entities are dropped: 100 are honoured`
  world.emit({ type: 'violation', violation: { kind: 'silent-drop', method, detail } })
  return { text, entities: entities.slice(0, entitiesHonoured) }
}
