import { availableParallelism, cpus, loadavg } from 'node:os'
import process from 'node:process'
import type { PerfOptions } from '../options.ts'

/** Where, when and how a run was made, without which its figures say little. */
export interface Machine {
  readonly at: string
  readonly node: string
  readonly cpu: string
  readonly cores: number
  /** Of the last minute before it began: what else the machine was doing. */
  readonly loadAtStart: number
  /** Whether everything was measured at the full pace. */
  readonly isFullRun: boolean
  readonly rounds: number
  readonly soakSeconds: number
}

export function readMachine({ isFullRun, pace }: PerfOptions): Machine {
  return {
    at: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    loadAtStart: loadavg()[0] ?? Number.NaN,
    isFullRun,
    rounds: pace.rounds,
    soakSeconds: pace.soakSeconds,
  }
}

export function toSubtitle(machine: Machine): string {
  const { at, node, cpu, cores, loadAtStart, isFullRun, rounds, soakSeconds } = machine
  return [
    `${at.slice(0, 16).replace('T', ' ')} UTC`,
    `Node ${node.slice(1)}`,
    `${cores} × ${cpu}`,
    `load ${loadAtStart.toFixed(1)} at the start`,
    rounds === 1 ? 'one round' : `medians of ${rounds} rounds`,
    `soaks of ${soakSeconds} s`,
    isFullRun ? 'a full run' : 'not a full run: no results',
  ].join(' · ')
}
