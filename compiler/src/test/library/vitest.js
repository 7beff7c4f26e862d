// `vitest`.

import { api, tools } from 'puremix:test/api';
import { expect } from 'puremix:test/expect';

export const { test, it, describe, suite, beforeAll, afterAll, beforeEach, afterEach, onTestFinished } = api('context');
export { expect };
export const vi = tools;
export const vitest = tools;
export const assert = (condition, message) => expect(Boolean(condition), message).toBe(true);
