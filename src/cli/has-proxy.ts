const PROXY = /^(?:https?|all)_proxy$/i

/** Whether the environment names a proxy; NO_PROXY may still keep an address from it. */
export function hasProxy(env: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(env).some(([name, value = '']) => value !== '' && PROXY.test(name))
}
