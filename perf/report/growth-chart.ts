import { toCpuTimes } from './growth-table.ts'
import type { Result } from './result.ts'
import { text, toSvg } from './svg.ts'

const width = 960
const headHeight = 84
const panel = { width: width / 2, height: 415 }
const plot = { left: 64, top: 34, width: 380, height: 210 }
const legendTop = plot.top + plot.height + 44
const legendHeight = 17
const colours = ['#0969da', '#cf222e', '#1a7f37', '#9a6700', '#8250df', '#0a3069', '#57606a']

/**
 * The CPU time of one request against the size of what it is sent to, a panel for each kind of size, both axes in powers of ten: a line
 * that is level says that the cost doesn't grow.
 */
export function toGrowthChart(results: readonly Result[], subtitle: string): string {
  const shown = results.filter(({ outcome }) => outcome.curves)
  const title = 'CPU time of one request in microseconds, by how much there is'
  const height = headHeight + Math.ceil(shown.length / 2) * panel.height
  return toSvg(title, width, height, [
    text(20, 30, title, 'font-size="18" font-weight="600"'),
    text(20, 50, subtitle, 'fill="#57606a"'),
    ...shown.flatMap((result, index) =>
      toPanel(result, (index % 2) * panel.width, headHeight + Math.floor(index / 2) * panel.height),
    ),
  ])
}

interface Scale {
  x(size: number): number
  y(cpu: number): number
}

function toPanel({ outcome }: Result, left: number, top: number): readonly string[] {
  const lines = (outcome.curves ?? []).map((curve) => ({
    name: curve.name,
    sizes: curve.points.map(({ size }) => size),
    times: toCpuTimes(curve, outcome),
  }))
  const sizes = lines[0]?.sizes ?? []
  const requests = [...new Set(lines.map(({ name }) => requestOf(name)))]
  const decades = toDecades(lines.flatMap(({ times }) => times))
  const scale = toScale(sizes, decades)
  return [
    `<g transform="translate(${left} ${top})">`,
    text(20, 18, outcome.suite, 'font-weight="600"'),
    ...toGrid(sizes, decades, scale),
    ...lines.flatMap((line, index) =>
      toLine(line, { index, colour: requests.indexOf(requestOf(line.name)), scale }),
    ),
    '</g>',
  ]
}

/** The powers of ten between which all values are. */
export function toDecades(values: readonly number[]): readonly number[] {
  const known = values.filter((value) => value > 0)
  const first = Math.floor(Math.log10(Math.min(...known)))
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...known))))
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
}

function toScale(sizes: readonly number[], decades: readonly number[]): Scale {
  const share = (value: number, values: readonly number[]) => {
    const [low, high] = [Math.log10(values[0] ?? 1), Math.log10(values.at(-1) ?? 10)]
    return (Math.log10(value) - low) / (high - low || 1)
  }
  return {
    x: (size) => plot.left + plot.width * share(size, sizes),
    y: (cpu) => plot.top + plot.height * (1 - share(cpu, decades)),
  }
}

function toGrid(sizes: readonly number[], decades: readonly number[], { x, y }: Scale): readonly string[] {
  const grey = 'fill="#57606a" font-size="11"'
  const bottom = plot.top + plot.height
  return [
    ...decades.flatMap((cpu) => [
      `<line x1="${plot.left}" x2="${plot.left + plot.width}" y1="${y(cpu).toFixed(1)}" y2="${y(cpu).toFixed(1)}" stroke="#d0d7de"/>`,
      text(plot.left - 8, y(cpu) + 4, cpu.toLocaleString('en'), `${grey} text-anchor="end"`),
    ]),
    ...sizes.map((size) =>
      text(x(size), bottom + 18, size.toLocaleString('en'), `${grey} text-anchor="middle"`),
    ),
  ]
}

interface Line {
  readonly name: string
  readonly sizes: readonly number[]
  readonly times: readonly number[]
}

const anew = ', after a commit'

function requestOf(name: string): string {
  return name.replace(anew, '')
}

interface Place {
  readonly index: number
  readonly colour: number
  readonly scale: Scale
}

/** Broken where the answer was made anew after a commit. */
function toLine({ name, sizes, times }: Line, { index, colour, scale: { x, y } }: Place): readonly string[] {
  const points = times.map((cpu, at) => `${x(sizes[at] ?? 1).toFixed(1)},${y(cpu).toFixed(1)}`)
  const dashes = name.endsWith(anew) ? ' stroke-dasharray="5 4"' : ''
  const stroke = `stroke="${colours[colour % colours.length]}" stroke-width="2"${dashes}`
  const legendY = legendTop + index * legendHeight
  return [
    `<polyline fill="none" ${stroke} points="${points.join(' ')}"/>`,
    `<line x1="${plot.left}" x2="${plot.left + 30}" y1="${legendY - 4}" y2="${legendY - 4}" ${stroke}/>`,
    text(plot.left + 38, legendY, name, 'font-size="12"'),
  ]
}
