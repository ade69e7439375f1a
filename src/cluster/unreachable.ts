import { PkgError } from '../base/errors.ts'
import { redactText } from '../base/redact-text.ts'
import type { Endpoint } from './endpoint.ts'
import type { ExchangeError } from './exchange.ts'
import type { ApiRequest } from './transport.ts'

const WHICH = 'Check that the cluster runs, and which one "kubectl config current-context" names.'
const TRUST =
  'Check certificate-authority of the cluster in the kubeconfig; a new cluster has a new one.'

/** What Node's codes mean for a person; the codes stand for themselves where a row is missing. */
const REASONS: Record<string, { reason: string; hint?: string }> = {
  ECONNREFUSED: { reason: 'nothing listens there' },
  ECONNRESET: { reason: 'the connection was reset' },
  EPIPE: { reason: 'the connection was closed' },
  ENOTFOUND: { reason: 'the name is not known' },
  EAI_AGAIN: { reason: 'the name could not be looked up' },
  EHOSTUNREACH: { reason: 'there is no way to the host' },
  ENETUNREACH: { reason: 'there is no way to the network' },
  ETIMEDOUT: { reason: 'the connection timed out' },
  CONNECT_TIMEOUT: { reason: 'no connection was made in time' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'its certificate is for another name',
    hint: 'Set tls-server-name of the cluster in the kubeconfig to a name of the certificate.',
  },
  CERT_HAS_EXPIRED: { reason: 'its certificate has expired', hint: 'Renew the certificate.' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { reason: 'its certificate is not trusted', hint: TRUST },
  SELF_SIGNED_CERT_IN_CHAIN: { reason: 'its certificate is not trusted', hint: TRUST },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { reason: 'its certificate is not trusted', hint: TRUST },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { reason: 'its certificate is not trusted', hint: TRUST },
  UNABLE_TO_GET_ISSUER_CERT: { reason: 'its certificate is not trusted', hint: TRUST },
  CERT_SIGNATURE_FAILURE: { reason: 'its certificate is not trusted', hint: TRUST },
  EPROTO: { reason: 'it does not speak TLS as expected' },
  HPE_INVALID_CONSTANT: {
    reason: 'it does not speak HTTP',
    hint: 'Check the server in the kubeconfig: an API server is mostly at https://.',
  },
}

/** Failures that another try can only repeat, or that have taken their time already. */
const HOPELESS = /^(?:ERR_TLS|ERR_OSSL|CERT_|DEPTH_|SELF_|UNABLE_|HPE_|EPROTO|ANSWER_TIMEOUT|PROXY)/

/** Whether trying again at once would be of no use. */
export function isHopeless({ code }: ExchangeError): boolean {
  return HOPELESS.test(code)
}

/** CLUSTER_UNREACHABLE with the server, the reason and what to do about it. */
export function unreachable(
  { server }: Endpoint,
  { method, path }: ApiRequest,
  error: ExchangeError,
): PkgError {
  const { code, isUnsent } = error
  const { reason = redactText(error.message), hint = WHICH } = REASONS[code] ?? {}
  const what = isUnsent ? '' : ` (${method} ${path})`
  return new PkgError(
    'CLUSTER_UNREACHABLE',
    `cannot reach the API server at ${redactText(server)}: ${reason}${what}`,
    { hint, cause: error },
  )
}
