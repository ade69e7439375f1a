import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveRepository } from '../../src/actions/serve.ts'
import Publish from '../../src/commands/publish.ts'
import { startBrowser } from '../support/browser.ts'
import { archiveOf } from '../support/chart-site.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/* The page of `repo serve` in a real browser. */

const HOSTILE = '</p><script>document.title = "taken"</script><img src=x onerror="alert(1)">'
const LONG = 'a-very-long-word-that-no-line-of-a-phone-can-hold-'.repeat(4)

let browser: Browser
let served: { url: string; close(): Promise<void> }

beforeAll(async () => {
  const folder = temporaryFolder()
  const archives = [
    ['web', '1.0.0', `description: A web server\nappVersion: "${'7'.repeat(60)}"\n`],
    ['web', '1.1.0-rc.1+build.20260102030405', 'description: A web server\n'],
    ['db', '2.0.0', `description: ${JSON.stringify(HOSTILE)}\n`],
    ['long', '1.0.0', `description: ${LONG}\ndeprecated: true\n`],
  ].map(([name = '', version = '', more = '']) => {
    const path = join(folder, `${name}-${version}.tgz`)
    writeFileSync(path, archiveOf(name, more, {}, version))
    return path
  })
  const site = join(folder, 'site')
  expect(await runCli(Publish, [...archives, site])).toMatchObject({ code: 0 })
  served = await serveRepository({
    folder: site,
    host: '127.0.0.1',
    port: 0,
    now: () => new Date('2026-01-02T03:04:05Z'),
  })
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  await served.close()
})

/** Opens the page in a context of its own; everything that goes wrong in it is kept. */
async function openPage(options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('dialog', (dialog) => problems.push(`dialog ${dialog.message()}`))
  await page.goto(served.url)
  return { page, problems }
}

const headings = (page: Page) => page.getByRole('heading', { level: 2 }).allTextContents()

test('charts are listed with their versions, and a click downloads an archive', async () => {
  const { page, problems } = await openPage()

  expect(await page.title()).toBe('Charts')
  expect(await headings(page)).toEqual(['db', 'long', 'web'])
  const web = page.getByRole('region', { name: 'web' })
  expect(await web.getByRole('link').allTextContents()).toEqual([
    '1.1.0-rc.1+build.20260102030405',
    '1.0.0',
  ])
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    web.getByRole('link', { name: '1.0.0', exact: true }).click(),
  ])
  expect(download.suggestedFilename()).toBe('web-1.0.0.tgz')
  expect(problems).toEqual([])
})

test('what a chart says of itself is shown as text', async () => {
  const { page, problems } = await openPage()

  expect(await page.getByText(HOSTILE).count()).toBe(1)
  expect(await page.title()).toBe('Charts')
  expect(await page.locator('script, img').count()).toBe(0)
  expect(problems).toEqual([])
})

test.each([
  { what: 'a phone', width: 320, height: 640 },
  { what: 'a desk', width: 1280, height: 800 },
])('on $what everything fits the width', async ({ width, height }) => {
  const { page } = await openPage({ viewport: { width, height }, javaScriptEnabled: false })

  const boxes = await Promise.all(
    (await page.locator('h1, h2, p, a, td, th').all()).map((each) => each.boundingBox()),
  )
  const outside = boxes.filter((box) => box !== null && box.x + box.width > width)
  expect(outside).toEqual([])
  expect(boxes.length).toBeGreaterThan(10)
})

test.each([
  { colorScheme: 'light', text: 'rgb(0, 0, 0)' },
  { colorScheme: 'dark', text: 'rgb(255, 255, 255)' },
] as const)('the page is $colorScheme where its reader is', async ({ colorScheme, text }) => {
  const { page } = await openPage({ colorScheme })

  expect(await page.evaluate('getComputedStyle(document.body).color')).toBe(text)
})
