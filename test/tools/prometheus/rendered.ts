import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { isJsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { at } from '../../support/gates.ts'
import { prometheusPrograms } from './programs.mjs'

/** What promtool or amtool says of files; its text is the error when it refuses them. */
export function check(program: 'amtool' | 'promtool', args: string[]): string {
  return execFileSync(prometheusPrograms.ensure()[program], args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, POD_NAME: 'edge-prometheus-0' },
  })
}

/** The configuration that a render brings, as text by what reads it. */
export interface Configuration {
  /** prometheus.yml; in operator mode the jobs that the operator adds to it as they stand. */
  prometheus: string
  /** Files of rules. */
  rules: string[]
  alertmanager: string | undefined
}

/** Finds the configuration among the objects of a render. */
export function configurationOf(objects: readonly KubeObject[]): Configuration {
  const data = objects.flatMap((object) => [
    ...textsIn(object, 'data'),
    ...textsIn(object, 'stringData'),
  ])
  const named = (name: string): string | undefined => data.find(([key]) => key === name)?.[1]
  const jobs = named('jobs.yaml')
  return {
    prometheus:
      named('prometheus.yml') ?? `scrape_configs:\n${(jobs ?? '').replaceAll(/^/gm, '  ')}`,
    alertmanager: named('alertmanager.yaml'),
    rules: [
      ...objects
        .filter(({ metadata }) => metadata.name.endsWith('-rules'))
        .flatMap((object) => textsIn(object, 'data').map(([, text]) => text)),
      ...objects
        .filter(({ kind }) => kind === 'PrometheusRule')
        .map((object) => JSON.stringify(at(object, 'spec'))),
    ],
  }
}

function textsIn(object: KubeObject, field: string): [string, string][] {
  const found = at(object, field)
  return isJsonObject(found) ? Object.entries(found as Record<string, string>) : []
}

/** Writes texts as files of a folder that is gone after the test; returns their paths. */
export function filesOf(texts: readonly string[], ending: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-prometheus-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return texts.map((text, index) => {
    const file = join(folder, `${index}${ending}`)
    writeFileSync(file, withFilesBeside(text, folder))
    return file
  })
}

/** Pods find tokens, certificates and passwords at these paths; here they lie beside the file. */
function withFilesBeside(text: string, folder: string): string {
  const named = /(\/etc\/prometheus\/secrets|\/var\/run\/secrets)\/[\w./-]+/g
  return text.replaceAll(named, (path) => {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, path.endsWith('ca.crt') ? AUTHORITY : 'secret')
    return file
  })
}

/** A certificate that signs itself; nobody has its key. */
const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBgDCCASegAwIBAgIUcRu56L9MyTPzoplvHOkDC0XyIPswCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjExNjQzMzlaGA8yMTI2MTAy
ODE2NDMzOVowFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABOKqmF0B8spZjFfOEhYF1Txl+g5xxtHC7ihfC0U/QJ1Hxn6rj58I
tK1+7zWR4hcUwkbQWwmBZCvIG3HNI4kg10+jUzBRMB0GA1UdDgQWBBQR0l/wtUKZ
QEhYGEWtcYibF1ZnyDAfBgNVHSMEGDAWgBQR0l/wtUKZQEhYGEWtcYibF1ZnyDAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIBz2a6LAP3YUoiCH/sbz
CNHfmqO1zZRb88sDGLh6Jrc+AiBIAkdLq2zg6zkp6KT693Gy3MmrNfOv4MzRN5xV
vPBxZQ==
-----END CERTIFICATE-----
`
