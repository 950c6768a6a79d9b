import { isLinkable } from './html.ts'

/** Returns whether an agent's link may stay a link: a web URL without a user name or password. */
export function isWebLink(url: string): boolean {
  if (!isLinkable(url)) return false
  const { protocol, username, password } = new URL(url)
  return protocol !== 'tg:' && username === '' && password === ''
}

const file = /\.(?:[cm]?[jt]sx?|md|rs|py|sh|pl|json|ya?ml|toml|txt|go|java|rb|css|html?|sql|lock|zip)$/i
// Bounded repetitions keep matching linear.
const address =
  /(?:[a-z][a-z\d+-]{0,20}:\/\/)?(?:[^\s/@]{0,100}@)?([\p{L}\p{N}-]{1,63}(?:[.\u3002\uff0e\uff61][\p{L}\p{N}-]{1,63})+)/giu

/** Returns a link's host if its label looks like another address; null if the label isn't misleading. */
export function hiddenHost(label: string, url: string): string | null {
  const real = hostOf(new URL(url).hostname)
  const named = [...label.matchAll(address)]
    .filter(([whole, host = '']) => /^[a-z][a-z\d+-]*:\/\//i.test(whole) || isHostLike(host))
    .map(([, host = '']) => hostOf(host))
  return named.some((host) => host !== real || /(?:^|\.)xn--/.test(host)) ? real : null
}

function isHostLike(host: string): boolean {
  return !file.test(host) && /\p{L}{2,}$/u.test(host)
}

function hostOf(host: string): string {
  const address = `https://${host}`
  return (URL.canParse(address) ? new URL(address).hostname : host.toLowerCase()).replace(/^www\./, '')
}
