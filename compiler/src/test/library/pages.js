// What `*.puremix.test` files are made with: their markup is pages of the app under test.

import { textOf } from 'puremix:test/forms';
import { HarnessError } from 'puremix:test/harness';
import { app, request } from 'puremix:test/request';

/** The markup of a test as the app renders it. */
export async function render(url) {
  const response = await request(app).get(url);
  if (response.status !== 200) {
    throw new HarnessError('testCodeFailure', `the markup does not render: ${textOf(response.text).slice(0, 600)}`);
  }
  // Without a layout, markup stands in a document that the app makes for it.
  const body = /^<!DOCTYPE html><html[^>]*><head>.*?<\/head><body[^>]*>([\s\S]*)<\/body><\/html>\s*$/.exec(response.text);
  return (body ? body[1] : response.text).trim();
}
