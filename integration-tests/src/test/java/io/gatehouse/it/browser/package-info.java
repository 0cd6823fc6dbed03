// SPDX-License-Identifier: Apache-2.0
/**
 * A real browser for tests: headless Chromium, driven over the Chrome DevTools Protocol without a library.
 *
 * <p>Start with {@link io.gatehouse.it.browser.Page}: it opens and clicks, and it remembers <em>every</em> request and
 * every complaint of the browser. That record is the point. The History Server answers an unknown path with its home
 * page and 200, so a link that escapes its prefix looks fine in every status; only the list of requested paths shows
 * it.
 *
 * <p>{@link io.gatehouse.it.browser.BrowserExtension} gives each test method a fresh page and keeps a picture of a
 * failure.
 */
package io.gatehouse.it.browser;
