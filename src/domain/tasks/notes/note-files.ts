import { taskSigns } from '../../core/task-values.ts'
/** A file in a note: its Telegram type, which resending requires, and its Telegram ID. */
export interface NoteFile {
  readonly kind: FileKind
  readonly fileId: string
}

const fileKinds = ['photo', 'file', 'video', 'video_note', 'audio', 'voice', 'animation'] as const
export type FileKind = (typeof fileKinds)[number]

/** Builds the link for a file in a note. */
export function fileLink(kind: FileKind, name: string, fileId: string): string {
  return `[${name.replace(/[[\]()\\\n]/g, ' ').trim() || kind}](tg-${kind}:${fileId})`
}

/** Returns the files linked in a note, each once. */
export function filesIn(note: string | null): NoteFile[] {
  const links = (note ?? '').matchAll(/\]\(tg-(\w+):([\w-]+)\)/g)
  const files = [...links].flatMap(([, name, fileId]): NoteFile[] => {
    const kind = fileKinds.find((known) => known === name)
    return kind === undefined || fileId === undefined ? [] : [{ kind, fileId }]
  })
  return [...new Map(files.map((file) => [file.fileId, file])).values()]
}

/** Replaces file links with their names, for display. */
export function namingFiles(text: string): string {
  return text.replace(/\[([^\]\n]*)\]\(tg-\w+:[\w-]+\)/g, `${taskSigns.file} $1`)
}
