import { taskSigns } from '../../core/task-values.ts'
/** A file in a note: what it is for Telegram, which sends it again only as that, and its id there. */
export interface NoteFile {
  readonly kind: FileKind
  readonly fileId: string
}

const fileKinds = ['photo', 'file', 'video', 'video_note', 'audio', 'voice', 'animation'] as const
export type FileKind = (typeof fileKinds)[number]

/** The link that stands in a note for a file. */
export function fileLink(kind: FileKind, name: string, fileId: string): string {
  return `[${name.replace(/[[\]()\\\n]/g, ' ').trim() || kind}](tg-${kind}:${fileId})`
}

/** The files whose links stand in a note, each once. */
export function filesIn(note: string | null): NoteFile[] {
  const links = (note ?? '').matchAll(/\]\(tg-(\w+):([\w-]+)\)/g)
  const files = [...links].flatMap(([, name, fileId]): NoteFile[] => {
    const kind = fileKinds.find((known) => known === name)
    return kind === undefined || fileId === undefined ? [] : [{ kind, fileId }]
  })
  return [...new Map(files.map((file) => [file.fileId, file])).values()]
}

/** A text for the eye: files by their names, without the ids that only Telegram reads. */
export function namingFiles(text: string): string {
  return text.replace(/\[([^\]\n]*)\]\(tg-\w+:[\w-]+\)/g, `${taskSigns.file} $1`)
}
