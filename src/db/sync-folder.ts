import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

// One by one a new database of a thousand files takes 3 s; side by side the disk takes them together, in 0.1 s.
const atOnce = 16

/** Puts a folder and all that is in it on the disk, names included. */
export async function syncFolder(folder: string): Promise<void> {
  const below = await readdir(folder, { recursive: true })
  const paths = [folder, ...below.map((name) => join(folder, name))].values()
  const take = async () => {
    for (const path of paths) await syncPath(path)
  }
  await Promise.all(Array.from({ length: atOnce }, take))
}

/** Puts one file, or the names in one folder, on the disk. */
export async function syncPath(path: string): Promise<void> {
  // Windows syncs neither folders nor what is open for reading.
  if (process.platform === 'win32') return
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
