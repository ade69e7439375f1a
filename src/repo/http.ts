import { PkgError } from '../base/errors.ts'

/** Bounds of one download; times in milliseconds, size in bytes. */
export interface DownloadLimits {
  bytes: number
  time: number
  redirects: number
}

const DEFAULTS: DownloadLimits = { bytes: 100 * 1024 * 1024, time: 120_000, redirects: 5 }

/**
 * Fetches a URL with a bound on size, time and redirects.
 *
 * Redirects are followed here: only http and https, and never from https to http.
 *
 * @throws PkgError URL_UNREACHABLE
 */
export async function fetchUrl(url: string, limits: Partial<DownloadLimits> = {}): Promise<Buffer> {
  const { bytes, time, redirects } = { ...DEFAULTS, ...limits }
  const signal = AbortSignal.timeout(time)
  let at = parseUrl(url)
  for (let left = redirects; left >= 0; left--) {
    const answer = await request(at, bytes, signal)
    if (answer.status < 300) return answer.body
    if (answer.location === undefined) {
      throw unreachable(at, `the server answered ${answer.status}`)
    }
    const next = parseUrl(new URL(answer.location, at).href)
    if (at.protocol === 'https:' && next.protocol === 'http:') {
      throw unreachable(at, 'it redirects from https to http')
    }
    at = next
  }
  throw unreachable(at, `more than ${redirects} redirects`)
}

interface Answer {
  status: number
  location: string | undefined
  body: Buffer
}

async function request(url: URL, bytes: number, signal: AbortSignal): Promise<Answer> {
  const { default: axios } = await import('axios')
  try {
    const { status, headers, data } = await axios.get<ArrayBuffer>(url.href, {
      responseType: 'arraybuffer',
      maxRedirects: 0,
      maxContentLength: bytes,
      signal,
      timeout: 30_000,
      validateStatus: () => true,
    })
    const location: unknown = headers['location']
    const isRedirect = status >= 300 && status < 400 && typeof location === 'string'
    return { status, location: isRedirect ? location : undefined, body: Buffer.from(data) }
  } catch (error) {
    if (!axios.isAxiosError(error) && !axios.isCancel(error)) throw error
    // The error object holds the whole request; only its text leaves this module.
    throw unreachable(url, signal.aborted ? 'it took too long' : (error as Error).message)
  }
}

function parseUrl(text: string): URL {
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new PkgError('URL_UNREACHABLE', `"${url.protocol}" URLs are not fetched`, {
      hint: 'Use an http or https URL.',
    })
  }
  return url
}

/** The URL as it may be shown: without user, password, query and fragment. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}

function unreachable(url: URL, reason: string): PkgError {
  return new PkgError('URL_UNREACHABLE', `cannot fetch ${shown(url)}: ${reason}`, {
    hint: 'Check the address and that this machine can reach it.',
  })
}
