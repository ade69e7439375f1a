import {
  Args,
  chartFlags,
  Flags,
  loadRelease,
  loadValues,
  PkgError,
  readChart,
  ReleaseCommand,
  renderFlags,
  renderOptions,
  renderRelease,
  revisionFlag,
  valuesFlags,
} from 'kubectl-pkg/plugin'
import { buildGraph, type Graph as GraphModel } from '../graph.ts'
import { viewMermaid } from '../mermaid.ts'
import { viewSvg } from '../svg.ts'
import { viewText } from '../text.ts'

const VIEWS = { text: viewText, mermaid: viewMermaid, svg: viewSvg }

export default class Graph extends ReleaseCommand {
  static override summary = 'Draw the subcharts, the order and the objects of a chart or release.'

  static override description =
    'With a target a plain name is that of a release; ./web, web.tgz, corp/web and - are charts.'

  static override examples = [
    '<%= config.bin %> graph ./charts/web --values prod.yaml',
    '<%= config.bin %> graph web --target dir:./deploy --output svg > web.svg',
  ]

  static override args = {
    subject: Args.string({ required: true, description: 'A chart, or with --target a release.' }),
  }

  static override flags = {
    ...valuesFlags,
    ...renderFlags,
    ...chartFlags,
    ...revisionFlag,
    output: Flags.option({
      char: 'o',
      summary: 'Form of the drawing.',
      options: ['text', 'mermaid', 'svg', 'json'] as const,
      default: 'text',
    })(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Graph)
    const isNamed = /\/|^\.|\.tgz$|^-$/.test(args.subject) || flags.repo !== undefined
    const isChart = isNamed || flags.target === undefined
    const graph = isChart ? await this.ofChart() : await this.ofRelease()
    if (flags.output === 'json') return this.print('json', graph, String)
    this.io.out(`${VIEWS[flags.output](graph)}\n`)
  }

  private async ofChart(): Promise<GraphModel> {
    const { args, flags } = await this.parse(Graph)
    const chart = await readChart(args.subject, flags, this.io)
    const rendered = renderRelease({
      chart,
      values: (await loadValues(flags, this.io))(chart),
      release: { ...this.releaseOf('release-name', flags), revision: 1, isUpgrade: false },
      options: renderOptions(flags),
    })
    const { name, version } = chart.metadata
    return buildGraph({ ...rendered, title: `chart ${name} ${version}`, manifest: rendered.text })
  }

  private async ofRelease(): Promise<GraphModel> {
    const { args, flags } = await this.parse(Graph)
    const connections = await this.openConnections(flags)
    const name = this.releaseOf(args.subject, flags)
    const release = await loadRelease(connections, name, flags.revision).catch((error: unknown) => {
      throw withChart(error, args.subject)
    })
    const title = `release ${release.namespace}/${release.name}, revision ${release.revision}`
    return buildGraph({ ...release, title })
  }
}

/** Where there is no such release, a chart of the name may have been meant. */
function withChart(error: unknown, subject: string): unknown {
  if (!(error instanceof PkgError) || error.code !== 'RELEASE_NOT_FOUND') return error
  const hint = `${error.hint ?? ''} A chart in a folder is named ./${subject}.`.trimStart()
  return new PkgError(error.code, error.message, { hint })
}
