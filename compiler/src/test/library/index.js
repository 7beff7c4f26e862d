// `puremix:test`.

export { test, it, describe, suite, beforeAll, afterAll, beforeEach, afterEach, expect, spyOn, jest, vi, mock } from 'puremix:test/jest';
export { app, request } from 'puremix:test/request';
