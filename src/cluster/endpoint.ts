/** An API server, and how to reach it and to say who one is. */
export interface Endpoint {
  /** With the path it is served below: `https://10.0.0.1:6443/k8s/clusters/c-1`. */
  server: string
  tls: TlsSettings
  /** URL of the proxy to go through; undefined for none. */
  proxy: string | undefined
  isCompressionOff: boolean
  credentials: Credentials
  /** For whom to act, as headers of every call; none for oneself. */
  impersonation: Readonly<Record<string, string | string[]>>
}

export interface TlsSettings {
  /** PEM; undefined for the system's own. */
  ca: string | undefined
  /** Name in the server's certificate, when it is not that of the address. */
  serverName: string | undefined
  isUnverified: boolean
}

/** What one call shows to the server; PEM for certificate and key. */
export interface CallCredentials {
  /** Of the header Authorization. */
  authorization?: string | undefined
  certificate?: string | undefined
  key?: string | undefined
}

/** Who one is; tokens are fetched when they are first needed, and again when they are old. */
export interface Credentials {
  current(signal: AbortSignal | undefined): Promise<CallCredentials>
  /** Fetches others after the server has refused these; false when there are no others. */
  renew(refused: CallCredentials, signal: AbortSignal | undefined): Promise<boolean>
}
