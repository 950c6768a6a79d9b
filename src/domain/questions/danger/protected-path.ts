const profiles = new Set([
  ...['.profile', '.login', '.logout', '.xprofile', '.xsession', '.xinitrc', '.inputrc'],
  ...['bash.bashrc', '.zprofile', '.zlogin', '.zlogout', '.kshrc', '.mkshrc', '.cshrc', '.tcshrc'],
  ...['config.fish', 'config.nu', 'env.nu', 'profile.ps1', 'microsoft.powershell_profile.ps1'],
])
// With their folders of parts, e.g. `.bashrc.d`.
const profileStart = /^\.(?:bashrc|bash_(?:profile|login|logout|aliases)|zshrc|zshenv)/
const systemProfile = /^\/(?:private\/)?etc\/(?:profile|zsh|bash|csh|fish|environment)/
const fishFolder = /(?:^|\/)\.config\/fish(?:\/|$)/
/** What a shell replaces in a name: a glob, braces or an expansion. */
const replaced = /[*?[{$`(]/

/**
 * Tests whether a path leads to SSH keys, a `.env` file or a shell profile. A name that starts with a dot and isn't fully known
 * counts too, e.g. `~/.s*`.
 */
export function isProtectedPath(path: string): boolean {
  const plain = path.replaceAll('\\', '/').toLowerCase()
  const names = plain.split('/').filter((name) => name !== '')
  const last = names.at(-1) ?? ''
  return (
    names.some((name) => name === '.ssh' || (name.startsWith('.') && replaced.test(name))) ||
    last.startsWith('.env') ||
    profiles.has(last) ||
    names.some((name) => profileStart.test(name)) ||
    systemProfile.test(plain) ||
    fishFolder.test(plain)
  )
}

// What may stand around a path in code, e.g. `open('.env', 'w')`.
const around = /[\s'"`,;()<>=[\]{}]+/

/** Tests whether a text mentions a protected path. */
export function mentionsProtectedPath(text: string): boolean {
  return text.split(around).some(isProtectedPath)
}
