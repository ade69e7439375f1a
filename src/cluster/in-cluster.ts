import { readFileSync, statSync } from 'node:fs'
import { tokenOfFile } from './credentials.ts'
import type { Credentials } from './endpoint.ts'

/** The pod that the program runs in, and what its service account may use. */
export interface Pod {
  server: string
  certificateAuthority: string
  namespace: string
  credentials: Credentials
}

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Finds the API server of the pod that the program runs in; undefined outside of pods.
 *
 * Source: Kubernetes client-go 0.35 rest/config.go, InClusterConfig.
 */
export function findPod(
  env: Readonly<Record<string, string | undefined>>,
  folder = FOLDER,
): Pod | undefined {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = env
  const token = `${folder}/token`
  if (host === '' || port === '' || !isFile(token)) return undefined
  const namespace = `${folder}/namespace`
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    certificateAuthority: readFileSync(`${folder}/ca.crt`, 'utf8'),
    namespace:
      env['POD_NAMESPACE'] ||
      (isFile(namespace) ? readFileSync(namespace, 'utf8').trim() : '') ||
      'default',
    credentials: tokenOfFile(token, {}),
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
