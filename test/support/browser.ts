import { spawnSync } from 'node:child_process'
import { chromium, type Browser } from 'playwright-core'

/** Starts Debian's Chromium without a window. */
export async function startBrowser(): Promise<Browser> {
  if (spawnSync('chromium', ['--version']).error !== undefined) {
    throw new Error('chromium is not installed: apt-get install chromium')
  }
  // Chromium's own sandbox does not work for root and in most containers.
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}
