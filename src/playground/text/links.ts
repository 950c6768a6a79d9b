/**
 * Normalizes a link as Telegram does, or returns null. Allowed: the schemes http (the default), https, tg and ton, and a host
 * with a dot (so not `localhost`).
 */
export function toCheckedLink(link: string): string | null {
  if (/\s/.test(link)) return null
  if (/^(?:tg|ton):\/?\/?[\w-]/i.test(link)) return link
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(link) ? link : `http://${link}`
  if (!/^https?:\/\//i.test(withScheme) || !URL.canParse(withScheme)) return null
  const url = new URL(withScheme)
  if (!/^(?:[^.].*\.[^.]+|\[.+\])$/.test(url.hostname)) return null
  return withScheme.replace(/^(https?:\/\/)([^/?#]*)\/?/i, (_, scheme: string, host: string) => {
    return `${scheme.toLowerCase()}${host.toLowerCase()}/`
  })
}
