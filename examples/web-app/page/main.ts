import { followRoute } from './actions/profiles.ts'
import { connect, keptCredentials } from './actions/session.ts'
import { createApp } from './app.ts'
import { readRoute } from './route.ts'
import { initialState } from './state.ts'
import { viewApp } from './views/app.ts'

const servers = document.querySelector<HTMLMetaElement>('meta[name=servers]')?.content.split(' ') ?? []
const page = createApp(document.body, initialState(servers, servers[0] ?? ''), viewApp)

document.body.replaceChildren()
page.update({ selected: readRoute() })
addEventListener('hashchange', () => void followRoute(page))

const kept = keptCredentials()
if (kept && servers.includes(kept.server)) await connect(page, kept, true)
