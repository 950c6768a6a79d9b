import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { packFolder, templatePath } from '../src/db/embedded/template.ts'

// Takes a few seconds, so it is rebuilt only if the migrations or PGlite changed.
const path = templatePath()
if (!existsSync(path)) {
  const { initFolder } = await import('../src/db/embedded/embedded-folder.ts')
  const scratch = await mkdtemp(join(tmpdir(), 'preqbot-template-'))
  try {
    await initFolder(join(scratch, 'pg'))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.new`, packFolder(join(scratch, 'pg')))
    await rename(`${path}.new`, path)
  } finally {
    await rm(scratch, { recursive: true })
  }
}

for (const name of await readdir(dirname(path))) {
  if (/^template-\w+\./.test(name) && name !== basename(path)) await rm(join(dirname(path), name))
}
