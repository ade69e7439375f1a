/** A control plane that runs. */
export interface PlaneState {
  /** Its API server's address, `https://127.0.0.1:<port>`. */
  server: string
  /** A kubeconfig with the client certificate of an administrator. */
  kubeconfig: string
  /** The file of the authority that signed the server's certificate; `ca.key` lies beside it. */
  authority: string
  /** The bearer token of another administrator. */
  token: string
  /** The audit log: what everybody but the control plane itself asked for, a JSON line each. */
  audit: string
  /** The process that ends with the plane. */
  supervisor: number
}

/**
 * Starts a control plane and waits until pods can be made in it.
 *
 * @param name its folder's name; `shared` for people
 * @param options `owned`: it ends with the calling process, however that ends
 */
export function startPlane(name: string, options: { owned: boolean }): Promise<PlaneState>

/** Ends a plane and removes its data; tells whether there was one. */
export function stopPlane(name: string): Promise<boolean>
