import { mkdir } from 'node:fs/promises'
import type { OperatingSystemAct } from '../guides/guide-run.ts'
import type { Stage } from '../stage.ts'
import { type ProxyName, proxyFiles, type Proxy as RunningProxy, startProxy } from './proxy.ts'
import { type Service, startUnit, untilReady } from './unit.ts'

export const systemUnit = '/etc/systemd/system/mcp-orchestration.service'
const userUnit = '.config/systemd/user/mcp-orchestration.service'
export const backupUnit = '/etc/systemd/system/mcp-orchestration-backup.service'
const backupTimer = '/etc/systemd/system/mcp-orchestration-backup.timer'
export const backups = '/var/backups/mcp-orchestration'
export const settingsFile = '/etc/mcp-orchestration/environment'

/** What systemd and a proxy do on a machine, where the guide's files tell them to. */
export interface Machine {
  /** Starts a unit by the text of its file, and waits until it is ready. */
  start(unit: string, text: string): Promise<void>
  stop(unit: string): Promise<number | null>
  serviceOf(unit: string): Service
  /** One at a time, since all want the same ports. */
  putInFront(proxy: ProxyName, defaults?: string): Promise<void>
  stopAll(): Promise<void>
}

export function createMachine(stage: Stage): Machine {
  const services = new Map<string, Service>()
  let proxy: RunningProxy | undefined
  return { start, stop, serviceOf, putInFront, stopAll }

  async function start(unit: string, text: string): Promise<void> {
    const service = await startUnit(text, stage)
    services.set(unit, service)
    await untilReady(service, stage)
  }

  function stop(unit: string): Promise<number | null> {
    const service = serviceOf(unit)
    services.delete(unit)
    return service.stop()
  }

  function serviceOf(unit: string): Service {
    const service = services.get(unit)
    if (!service) throw new Error(`${unit} has not been started.`)
    return service
  }

  async function putInFront(name: ProxyName, defaults = ''): Promise<void> {
    await proxy?.stop()
    proxy = undefined
    proxy = await startProxy(name, stage, { defaults })
  }

  async function stopAll(): Promise<void> {
    await proxy?.stop()
    for (const unit of services.keys()) await stop(unit)
  }
}

/** What the guide's commands of the operating system bring about. */
export function actsOf(machine: Machine, stage: Stage): readonly OperatingSystemAct[] {
  type Act = OperatingSystemAct['act']
  const start =
    (unit: string): Act =>
    async (run) =>
      machine.start(unit, (await run.fileAt(unit)).text)
  const startForOthers: Act = async (run) => {
    await run.fileAt(settingsFile)
    await start(systemUnit)(run)
  }
  const putInFront =
    (proxy: ProxyName): Act =>
    async (run) => {
      await run.fileAt(proxyFiles[proxy])
      await machine.putInFront(proxy)
    }
  return [
    { command: /^systemctl --user enable --now mcp-orchestration$/m, act: start(userUnit) },
    {
      command: /^systemctl --user disable --now mcp-orchestration$/m,
      act: () => machine.stop(userUnit),
    },
    {
      command: /^sudo systemctl (?:stop|restart) mcp-orchestration$/m,
      act: () => machine.stop(systemUnit),
    },
    {
      command: /^sudo systemctl (?:enable --now|start|restart) mcp-orchestration$/m,
      act: startForOthers,
    },
    { command: /^sudo systemctl reload nginx$/m, act: putInFront('nginx') },
    { command: /^sudo systemctl reload caddy$/m, act: putInFront('caddy') },
    {
      command: /^sudo install -d .*\/var\/backups\/mcp-orchestration$/m,
      act: () => mkdir(stage.at(backups), { recursive: true, mode: 0o700 }),
    },
    {
      command: /^sudo systemctl enable --now mcp-orchestration-backup\.timer$/m,
      act: (run) => Promise.all([backupUnit, backupTimer].map(run.fileAt)),
    },
  ]
}
