import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { templatePath } from '../../src/db/embedded/template.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Returns the built product in the test run's folder; the first file that needs it builds it for all. */
export async function builtIn(folder: string): Promise<string> {
  const done = join(folder, 'done')
  if (claim(join(folder, 'building'))) {
    build(folder)
    writeFileSync(done, '')
  }
  while (!existsSync(done)) await pause(50)
  return folder
}

function claim(path: string): boolean {
  try {
    writeFileSync(path, '', { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

function build(folder: string): void {
  for (const name of ['src', 'drizzle', 'scripts', 'package.json', 'tsconfig.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const template = templatePath()
  mkdirSync(join(folder, 'dist'))
  if (existsSync(template)) copyFileSync(template, join(folder, 'dist', basename(template)))
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder })
  keepExternal(folder)
}

/** Leaves only the packages that the image installs, so a program that needs another one fails here. */
function keepExternal(folder: string): void {
  execFileSync(process.execPath, ['scripts/keep-external.js'], { cwd: folder })
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  const packages = join(folder, 'node_modules')
  unlinkSync(packages)
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(packages, name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(packages, name))
  }
}
