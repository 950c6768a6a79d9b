/** The page's CSS. Text contrast is at least 4.5:1 in both color schemes. */
export const style = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0; --box: #f6f8fa; --back: #fff; --link: #0969da;
  --get: #116329; --post: #8a4600; --patch: #6639ba; --delete: #b3141f; font: 16px/1.55 system-ui, sans-serif }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9aa4af; --line: #30363d; --box: #161b22; --back: #0d1117; --link: #6cb6ff;
  --get: #5fd07a; --post: #e0a458; --patch: #c3a1ff; --delete: #ff8f86 } }
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; color: var(--text); background: var(--back) }
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
code, pre { font: .875em/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, monospace }
pre code { font-size: inherit }
:not(pre) > code { overflow-wrap: anywhere }
p code, dd code, li > code { background: var(--box); border-radius: .25rem; padding: .1em .3em }
.skip { position: absolute; left: -100vw } .skip:focus { left: 1rem; top: 1rem; background: var(--back); padding: .5rem }
header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; padding: .75rem 1rem; border-bottom: 1px solid var(--line) }
header b { font-size: 1.05rem }
.page { max-width: 76rem; margin: 0 auto; padding: 0 1rem 4rem }
nav ul { list-style: none; margin: 0; padding: 0 } nav > ul > li { margin-bottom: .75rem }
nav a { color: inherit; text-decoration: none } nav a:hover { text-decoration: underline }
nav ul ul a { display: grid; grid-template-columns: 3.4rem 1fr; gap: .5rem; align-items: baseline; padding: .2rem 0; font-size: .85rem }
nav { padding-top: 1.5rem }
h1 { font-size: 2rem; line-height: 1.2; margin: 1.25rem 0 .5rem } h2 { margin: 3rem 0 .5rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line) }
h3 { margin: 2rem 0 .25rem; font-size: 1.05rem; line-height: 1.5 } h3 a { display: flex; gap: .75rem; align-items: baseline; color: inherit; text-decoration: none }
h3 a:hover .path { text-decoration: underline }
article p { margin: .25rem 0 .75rem } .caption { color: var(--quiet); margin: .75rem 0 .25rem; font-size: .9rem } .caption b { color: var(--text) }
.method { font: 700 .75rem/1.5 ui-monospace, Menlo, Consolas, monospace; flex: none; letter-spacing: .02em }
.get { color: var(--get) } .post { color: var(--post) } .patch { color: var(--patch) } .delete { color: var(--delete) }
h3 .method { border: 1px solid; border-radius: .3rem; padding: 0 .4rem }
pre { margin: .25rem 0; padding: .75rem 1rem; background: var(--box); border: 1px solid var(--line); border-radius: .5rem; overflow: auto; max-height: 22rem; font-size: .8125rem }
ul { padding-left: 1.25rem }
details { margin: .5rem 0 } summary { cursor: pointer; width: fit-content }
dl { margin: .5rem 0 0 } dl > div { padding: .45rem 0; border-top: 1px solid var(--line) } dt { font-weight: 600 } dd { margin: 0; color: var(--text); overflow-wrap: anywhere }
.type { color: var(--quiet); font-size: .9rem } .type:not(:last-child)::after { content: ' ·' } .required { color: var(--post); font-size: .75rem; font-weight: 600; margin-left: .35rem }
.answers > div { display: grid; grid-template-columns: 3.5rem 1fr }
@media (min-width: 62rem) {
  .page { display: grid; grid-template-columns: 17.5rem minmax(0, 1fr); column-gap: 3rem }
  .intro, .body { grid-column: 2 }
  nav { grid-column: 1; grid-row: 1 / span 2; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 1.5rem .25rem }
  dl:not(.answers) > div { display: grid; grid-template-columns: 15.5rem minmax(0, 1fr); gap: 1rem }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }`
