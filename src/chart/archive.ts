import { PkgError } from '../base/errors.ts'
import type { FileStore } from '../base/kept-file.ts'
import { assembleChart } from './assemble-chart.ts'
import { openBudget, type ChartLimits } from './budget.ts'
import type { Chart } from './chart.ts'
import { adviseOnChartYaml } from './misnamed.ts'
import { isGzip, readArchive } from './read-archive.ts'

export interface ArchiveOptions {
  /** What the person typed; kept as the chart's origin. */
  origin: string
  /** What messages call the archive; the origin by default. */
  path?: string
  limits?: Partial<ChartLimits>
  /** Takes any apiVersion, as Helm does where nothing is rendered or packed. */
  anyApiVersion?: boolean | undefined
  /** Keeps what is read of large values for later runs. */
  fileStore?: FileStore | undefined
}

/**
 * Loads a chart from the bytes of a .tgz, in memory and within one budget for the whole tree.
 *
 * Source: helm.sh/helm/v4 pkg/chart/loader/load.go and archive/archive.go.
 *
 * @throws PkgError ARCHIVE_UNSAFE, CHART_TOO_LARGE, CHART_INVALID, YAML_INVALID
 */
export function loadChartArchive(bytes: Uint8Array, options: ArchiveOptions): Chart {
  const { origin, path = origin, anyApiVersion = false, fileStore } = options
  assertGzip(bytes, path)
  const budget = openBudget(options.limits)
  const { files, warnings } = anyApiVersion
    ? readArchive(bytes, budget)
    : readContent(bytes, budget)
  if (!anyApiVersion && !files.some((file) => file.name === 'Chart.yaml')) {
    throw new PkgError('CHART_INVALID', 'unable to detect chart version, no Chart.yaml found', {
      hint: adviseOnChartYaml(
        files.map(({ name }) => name),
        'A chart archive holds one folder with a Chart.yaml in it.',
      ),
    })
  }
  return assembleChart({ files, origin, budget, warnings, anyApiVersion, fileStore })
}

/** What is to be rendered Helm loads in two steps, the first of which gives no reason. */
function readContent(bytes: Uint8Array, budget: ReturnType<typeof openBudget>) {
  try {
    return readArchive(bytes, budget)
  } catch (error) {
    if (!(error instanceof PkgError) || error.code !== 'CHART_INVALID') throw error
    const { hint, message } = error
    throw new PkgError('CHART_INVALID', `unable to load chart archive: ${message}`, {
      hint,
      cause: error,
    })
  }
}

/**
 * Refuses what cannot be an archive, for example a page that asks for a login.
 *
 * @param path how errors call the bytes
 * @throws PkgError CHART_INVALID with Helm's text
 */
export function assertGzip(bytes: Uint8Array, path: string): void {
  if (isGzip(bytes)) return
  const text = /\.ya?ml$/.test(path)
    ? `file '${path}' seems to be a YAML file, but expected a gzipped archive`
    : `file '${path}' does not appear to be a gzipped archive; got '${contentType(bytes)}'`
  throw new PkgError('CHART_INVALID', text, {
    hint: /^https?:/.test(path)
      ? 'Look at what the server has at that address: a page that asks for a login, for example.'
      : 'Name a folder with a Chart.yaml, or an archive that "package" made.',
  })
}

/** How pages begin. Source: Go 1.26 net/http/sniff.go. */
const PAGE =
  /^[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i

/** First bytes of files that people take for charts, as net/http of Go names them. */
const CONTENT_TYPES: readonly [start: string, type: string][] = [
  ['PK\x03\x04', 'application/zip'],
  ['%PDF-', 'application/pdf'],
  ['<?xml', 'text/xml; charset=utf-8'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\x1f\x8b\x08', 'application/x-gzip'],
  ['\xef\xbb\xbf', 'text/plain; charset=utf-8'],
]

/** Helm looks at 512 bytes, filled up with zeros, so that a short text counts as binary. */
function contentType(bytes: Uint8Array): string {
  const start = Buffer.alloc(512)
  start.set(bytes.subarray(0, 512))
  const text = start.toString('latin1')
  if (PAGE.test(text)) return 'text/html; charset=utf-8'
  const known = CONTENT_TYPES.find(([prefix]) => text.startsWith(prefix))
  if (known !== undefined) return known[1]
  const isBinary = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(text)
  return isBinary ? 'application/octet-stream' : 'text/plain; charset=utf-8'
}
