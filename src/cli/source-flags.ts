import * as Flags from '@oclif/core/flags'

/** The public keys that are trusted. */
export const keyringFlag = {
  keyring: Flags.string({
    summary: 'Keyring with the public keys that are trusted; the one of gpg by default.',
    helpGroup: 'CHART',
  }),
}

/** Whether a provenance file has to vouch for a chart, and whose. */
export function verifyFlags() {
  return {
    verify: Flags.boolean({
      summary: 'Take the chart only with a provenance file of a trusted key.',
      helpGroup: 'CHART',
    }),
    ...keyringFlag,
  }
}

/** Fetches what a chart depends on before it is used. */
export const dependencyUpdateFlag = {
  'dependency-update': Flags.boolean({
    summary: 'Fetch dependencies that charts/ of the chart’s folder lacks.',
    helpGroup: 'CHART',
  }),
}

/** What becomes of an index that somebody may have tampered with. */
export const strictRepoFlag = {
  'strict-repo': Flags.boolean({
    summary: 'Refuse an index that is older than the last, or gives a known version other bytes.',
    helpGroup: 'SOURCE',
  }),
}

/** How repositories and registries are asked, when a chart has to be fetched. */
export function serverFlags() {
  return {
    ...registryFlags(),
    offline: Flags.boolean({
      summary: 'Fetch nothing: use what was fetched before.',
      helpGroup: 'SOURCE',
    }),
    'require-digest': Flags.boolean({
      summary: 'Refuse charts for which the repository gives no digest.',
      helpGroup: 'SOURCE',
    }),
    'allow-mismatch': Flags.boolean({
      summary: 'Take a chart of a registry whose tag is not its version, such as "latest".',
      helpGroup: 'SOURCE',
    }),
    ...strictRepoFlag,
  }
}

/** How a server is spoken to, and as whom. */
export function registryFlags() {
  return {
    username: Flags.string({
      summary: 'User name at the repository or registry.',
      helpGroup: 'SOURCE',
    }),
    password: Flags.string({
      summary: 'Password; others on this machine can read it. A stored login is safer.',
      helpGroup: 'SOURCE',
    }),
    ...tlsFlags(),
    'pass-credentials': Flags.boolean({
      summary: 'Send name and password to every host that the repository names.',
      helpGroup: 'SOURCE',
    }),
    'plain-http': Flags.boolean({
      summary: 'Speak http to a registry, unencrypted.',
      helpGroup: 'SOURCE',
    }),
  }
}

/** Certificates of a server and for it. */
export function tlsFlags() {
  return {
    'ca-file': Flags.string({
      summary: 'Authorities to trust for https, in PEM.',
      helpGroup: 'SOURCE',
    }),
    'cert-file': Flags.string({ summary: 'Client certificate, in PEM.', helpGroup: 'SOURCE' }),
    'key-file': Flags.string({
      summary: 'Key of the client certificate, in PEM.',
      helpGroup: 'SOURCE',
    }),
    'insecure-skip-tls-verify': Flags.boolean({
      summary: 'Do not check the certificate of the server.',
      helpGroup: 'SOURCE',
    }),
  }
}
