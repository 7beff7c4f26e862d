// What test files find without importing it. It is loaded before each of them.

import { api, tools } from 'puremix:test/api';
import { expect } from 'puremix:test/expect';

Object.assign(globalThis, api('done'), { expect, jest: tools, vi: tools });
