// `@jest/globals` and `bun:test`.

import { api, tools } from 'puremix:test/api';
import { expect } from 'puremix:test/expect';
import { fn, spyOn } from 'puremix:test/spies';

export const { test, it, describe, suite, xtest, xit, fit, xdescribe, fdescribe, beforeAll, afterAll, beforeEach, afterEach } = api('done');
export { expect, spyOn };
export const jest = tools;
export const vi = tools;
/** Bun's `mock`. */
export const mock = Object.assign((run) => fn(run), { restore: () => tools.restoreAllMocks(), clearAllMocks: () => tools.clearAllMocks(), module: tools.mock });
export const { setSystemTime } = tools;
