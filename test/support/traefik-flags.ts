const ADDRESS = /^:\d{2,5}\/tcp$/
const BOOL = /^(true|false)$/
const SECONDS = /^\d+s$/
const ADDRESSES = /^[0-9a-f.:/]+(,[0-9a-f.:/]+)*$/
const NAME = /^[a-z0-9.-]+$/
const NAMES = /^[a-z0-9-]+(,[a-z0-9-]+)*$/
const SERVICE = /^[a-z0-9-]+\/[a-z0-9-]+$/

/**
 * The arguments of Traefik that the ingress chart may give it, and what their values look
 * like; `*` stands for the name of an entry point.
 *
 * Source: Traefik 3.7, doc.traefik.io, reference/install-configuration/configuration-options.
 */
const FLAGS: Readonly<Record<string, RegExp>> = {
  accesslog: BOOL,
  'accesslog.format': /^json$/,
  'api.dashboard': BOOL,
  'api.insecure': BOOL,
  'entrypoints.*.address': ADDRESS,
  'entrypoints.*.asdefault': BOOL,
  'entrypoints.*.forwardedheaders.trustedips': ADDRESSES,
  'entrypoints.*.http.redirections.entrypoint.permanent': BOOL,
  'entrypoints.*.http.redirections.entrypoint.scheme': /^https$/,
  'entrypoints.*.http.redirections.entrypoint.to': /^:\d+$/,
  'entrypoints.*.http.tls': BOOL,
  'entrypoints.*.proxyprotocol.trustedips': ADDRESSES,
  'entrypoints.*.transport.lifecycle.gracetimeout': SECONDS,
  'entrypoints.*.transport.lifecycle.requestacceptgracetimeout': SECONDS,
  'global.checknewversion': BOOL,
  'global.sendanonymoususage': BOOL,
  'log.format': /^json$/,
  'log.level': /^(TRACE|DEBUG|INFO|WARN|ERROR|FATAL|PANIC)$/,
  'metrics.prometheus': BOOL,
  'metrics.prometheus.entrypoint': /^metrics$/,
  ping: BOOL,
  'providers.file.directory': /^\/[a-z/]+$/,
  'providers.file.watch': BOOL,
  'providers.kubernetesgateway': BOOL,
  'providers.kubernetesgateway.namespaces': NAMES,
  'providers.kubernetesgateway.statusaddress.service.name': NAME,
  'providers.kubernetesgateway.statusaddress.service.namespace': NAME,
  'providers.kubernetesingress': BOOL,
  'providers.kubernetesingress.allowexternalnameservices': BOOL,
  'providers.kubernetesingress.ingressclass': NAME,
  'providers.kubernetesingress.ingressendpoint.publishedservice': SERVICE,
  'providers.kubernetesingress.namespaces': NAMES,
  'providers.kubernetesingressnginx': BOOL,
  'providers.kubernetesingressnginx.allowsnippetannotations': BOOL,
  'providers.kubernetesingressnginx.disablesvcexternalname': BOOL,
  'providers.kubernetesingressnginx.ingressclass': NAME,
  'providers.kubernetesingressnginx.publishservice': SERVICE,
  'providers.kubernetesingressnginx.watchnamespaceselector':
    /^kubernetes\.io\/metadata\.name in \([a-z0-9-]+(,[a-z0-9-]+)*\)$/,
}

/** Arguments that Traefik would refuse, or that are given twice. */
export function flagOffences(args: readonly string[]): string[] {
  const names = args.map((arg) => arg.replace(/=.*/, ''))
  return [
    ...args.filter((arg) => !isKnown(arg)),
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} twice`),
  ]
}

function isKnown(arg: string): boolean {
  const [, name = '', value = ''] = /^--([^=]+)=(.*)$/.exec(arg) ?? []
  const general = name.replace(/^entrypoints\.[a-z]+\./, 'entrypoints.*.')
  return FLAGS[general]?.test(value) === true
}
