import { isLinkable } from './html.ts'

/** Whether a link of an agent may stay one: an address of the web that hides no name or password before its host. */
export function isWebLink(url: string): boolean {
  if (!isLinkable(url)) return false
  const { protocol, username, password } = new URL(url)
  return protocol !== 'tg:' && username === '' && password === ''
}

const file = /\.(?:[cm]?[jt]sx?|md|rs|py|sh|pl|json|ya?ml|toml|txt|go|java|rb|css|html?|sql|lock|zip)$/i
// Bounded, so that a label of any length is read in linear time.
const address =
  /(?:[a-z][a-z\d+-]{0,20}:\/\/)?(?:[^\s/@]{0,100}@)?([\p{L}\p{N}-]{1,63}(?:[.\u3002\uff0e\uff61][\p{L}\p{N}-]{1,63})+)/giu

/** The host of a link whose label looks like the address of another one; null where the label pretends nothing. */
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
