import type { Message } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import { captionContentOf } from '../text/text-content.ts'
import { documentContent, photoContent, storeFile } from '../world/files.ts'
import type { StoredFile } from '../world/model.ts'
import { requireWritableRoom } from '../world/target.ts'
import type { CallContext, Opts, UploadedFile } from './method.ts'
import { send } from './send.ts'

type Kind = 'photo' | 'document'

const megabyte = 1024 * 1024
const photoBytes = 10 * megabyte
const downloadBytes = 20 * megabyte

export async function sendPhoto(params: Opts<'sendPhoto'>, context: CallContext): Promise<Message> {
  requireWritableRoom(context.world, params.chat_id)
  const caption = captionContentOf(context.world, context.method, params)
  return send(params, context, {
    ...(await mediaContent('photo', String(params.photo), context)),
    ...caption,
  })
}

export async function sendDocument(params: Opts<'sendDocument'>, context: CallContext): Promise<Message> {
  requireWritableRoom(context.world, params.chat_id)
  const caption = captionContentOf(context.world, context.method, params)
  return send(params, context, {
    ...(await mediaContent('document', String(params.document), context)),
    ...caption,
  })
}

type SentField = 'video' | 'video_note' | 'audio' | 'voice' | 'animation'
type SentAgain = Opts<'sendMessage'> & { readonly [field in SentField]?: unknown }

/** Resends a file that a person has sent, as the same kind. The playground accepts no uploads of these kinds. */
export function sendAgain(field: SentField): (params: SentAgain, context: CallContext) => Message {
  return (params, context) => {
    requireWritableRoom(context.world, params.chat_id)
    return send(params, context, requireSent(field, String(params[field]), context))
  }
}

function requireSent(field: SentField | 'photo' | 'document', id: string, { world }: CallContext) {
  const content = world.sentFiles.get(id)
  if (content === undefined) refuseCall(400, 'Bad Request: wrong file identifier/HTTP URL specified')
  const [kind = ''] = Object.keys(content)
  if (kind !== field)
    refuseCall(400, `Bad Request: can't use file of type ${typeName(kind)} as ${typeName(field)}`)
  return content
}

/** Returns the type name that Telegram's library uses, e.g. "VideoNote". */
function typeName(field: string): string {
  return field.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
}

export async function sendMediaGroup(
  params: Opts<'sendMediaGroup'>,
  context: CallContext,
): Promise<Message[]> {
  requireWritableRoom(context.world, params.chat_id)
  if (params.media.length < 2 || params.media.length > 10) {
    refuseCall(400, 'Bad Request: wrong number of messages in the media group: 2 to 10 are allowed')
  }
  const contents: Partial<Message>[] = []
  for (const item of params.media) {
    const caption = captionContentOf(context.world, context.method, item)
    contents.push({
      ...(await mediaContent(requireKind(item.type), String(item.media), context)),
      ...caption,
    })
  }
  const group = String(context.world.nextId('file'))
  return contents.map((content) => send(params, context, { ...content, media_group_id: group }))
}

/** Builds a message's content from an uploaded file, a URL or a known file ID. */
export async function mediaContent(
  kind: Kind,
  source: string,
  context: CallContext,
): Promise<Partial<Message>> {
  if (context.world.sentFiles.has(source)) return requireSent(kind, source, context)
  const file = await requireFile(kind, source, context)
  if (file.bytes.length === 0) refuseCall(400, 'Bad Request: file must be non-empty')
  if (kind === 'document') return documentContent(file)
  if (file.bytes.length > photoBytes) {
    refuseCall(
      400,
      `Bad Request: file of size ${file.bytes.length} bytes is too big for a photo; the maximum size is ${photoBytes} bytes`,
    )
  }
  return photoContent(file)
}

async function requireFile(kind: Kind, source: string, context: CallContext): Promise<StoredFile> {
  const { world, uploads } = context
  const attached = /^attach:\/\/(.+)$/.exec(source)?.[1]
  if (attached !== undefined) {
    const upload = uploads.get(attached)
    if (upload === undefined) refuseCall(400, `Bad Request: file "${attached}" is not in the request`)
    return keep(kind, upload, context)
  }
  if (/^https?:\/\//i.test(source)) {
    const fetched = await context.fetchFile(source)
    if (fetched === null) refuseCall(400, 'Bad Request: failed to get HTTP URL content')
    return keep(kind, fetched, context)
  }
  const known = world.files.get(source)
  if (known === undefined) {
    refuseCall(400, 'Bad Request: wrong file identifier/HTTP URL specified')
  }
  return known
}

function keep(kind: Kind, file: UploadedFile, { world }: CallContext): StoredFile {
  return storeFile(world, { ...file, folder: kind === 'photo' ? 'photos' : 'documents' })
}

/** Returns a supported kind of file; refuses others. */
export function requireKind(type: string): Kind {
  if (type !== 'photo' && type !== 'document') {
    refuseCall(400, `Bad Request: the playground has photos and documents, no ${type}`)
  }
  return type
}

export function getFile(params: Opts<'getFile'>, { world }: CallContext): object {
  const file = world.files.get(params.file_id)
  if (file === undefined) refuseCall(400, 'Bad Request: wrong file_id or the file is temporarily unavailable')
  if (file.bytes.length > downloadBytes) refuseCall(400, 'Bad Request: file is too big')
  const { fileId, uniqueId, path, bytes } = file
  return { file_id: fileId, file_unique_id: uniqueId, file_size: bytes.length, file_path: path }
}
