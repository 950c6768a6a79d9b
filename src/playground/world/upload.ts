import type { Message, MessageEntity } from 'grammy/types'
import { withDetectedEntities } from '../text/detect-entities.ts'
import { documentContent, photoContent, storeFile } from './files.ts'
import type { World } from './model.ts'
import { postAsPerson, type Where } from './person.ts'

export interface Upload extends Where {
  readonly bytes: Uint8Array
  readonly name?: string
  readonly mimeType?: string
  readonly caption?: string
  readonly captionEntities?: readonly MessageEntity[]
  /** The same for all files of an album. */
  readonly mediaGroupId?: string
}

/** Sends a picture (PNG, JPEG, GIF or WebP) as a photo. */
export function uploadPhoto(world: World, input: Upload): Message {
  const { bytes, name = 'photo.jpg', mimeType = 'image/jpeg' } = input
  const file = storeFile(world, { bytes, name, mimeType, folder: 'photos' })
  return postAsPerson(world, input, { ...photoContent(file), ...captionContent(input) })
}

/** Sends a file as a document. */
export function uploadDocument(world: World, input: Upload): Message {
  const { bytes, name = 'file', mimeType = 'application/octet-stream' } = input
  const file = storeFile(world, { bytes, name, mimeType, folder: 'documents' })
  return postAsPerson(world, input, { ...documentContent(file), ...captionContent(input) })
}

function captionContent({ caption, captionEntities = [], mediaGroupId }: Upload): Partial<Message> {
  const group = mediaGroupId === undefined ? {} : { media_group_id: mediaGroupId }
  if (caption === undefined || caption === '') return group
  const entities = withDetectedEntities(caption, captionEntities)
  return { ...group, caption, ...(entities.length > 0 ? { caption_entities: entities } : {}) }
}
