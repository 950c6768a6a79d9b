import type { Message } from 'grammy/types'
import { requireImageSize } from '../image-size.ts'
import type { StoredFile, World } from './model.ts'

/** Keeps the bytes of a file and gives it its ids and its path for download. */
export function storeFile(
  world: Pick<World, 'files' | 'nextId'>,
  input: {
    readonly bytes: Uint8Array
    readonly name: string
    readonly mimeType: string
    readonly folder: 'photos' | 'documents'
  },
): StoredFile {
  const number = world.nextId('file')
  const extension = /\.\w{1,8}$/.exec(input.name)?.[0] ?? ''
  const file: StoredFile = {
    fileId: `playground-${input.folder}-${number}`,
    uniqueId: `unique-${number}`,
    path: `${input.folder}/file_${number}${extension}`,
    name: input.name,
    mimeType: input.mimeType,
    bytes: input.bytes,
  }
  world.files.set(file.fileId, file)
  return file
}

/** The part of a message that shows a photo. */
export function photoContent(file: StoredFile): Partial<Message> {
  const { width, height } = requireImageSize(file.bytes)
  const size = {
    file_id: file.fileId,
    file_unique_id: file.uniqueId,
    width,
    height,
    file_size: file.bytes.length,
  }
  return { photo: [size] }
}

/** The part of a message that carries a file. */
export function documentContent(file: StoredFile): Partial<Message> {
  return {
    document: {
      file_id: file.fileId,
      file_unique_id: file.uniqueId,
      file_name: file.name,
      mime_type: file.mimeType,
      file_size: file.bytes.length,
    },
  }
}
