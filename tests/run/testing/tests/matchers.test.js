import { jest as j2 } from '@jest/globals';
describe('matchers', () => {
  test('equality', () => {
    expect(1).toBe(1); expect({ a: [1, { b: 2 }] }).toEqual({ a: [1, { b: 2 }], c: undefined });
    expect({ a: 1, c: undefined }).not.toStrictEqual({ a: 1 });
    expect(new Map([[1, { a: 1 }]])).toEqual(new Map([[1, { a: 1 }]]));
    expect(new Set([1, 2])).toEqual(new Set([2, 1]));
    expect(NaN).toBe(NaN); expect(0).not.toBe(-0);
    expect([1, 2, 3]).toContain(2); expect('hello').toContain('ell'); expect([{ a: 1 }]).toContainEqual({ a: 1 });
    expect('abc').toHaveLength(3); expect('abc').toMatch(/b/); expect({ a: { b: 1, c: 2 } }).toMatchObject({ a: { b: 1 } });
    expect({ a: { b: [1] } }).toHaveProperty('a.b[0]', 1);
    expect(() => { throw new TypeError('bad thing') }).toThrow('bad'); expect(() => { throw new TypeError('bad') }).toThrow(TypeError); expect(() => {}).not.toThrow();
    expect(3).toBeGreaterThan(2); expect(0.1 + 0.2).toBeCloseTo(0.3); expect([]).toBeInstanceOf(Array);
    expect({ id: 4, name: 'x', at: new Date() }).toEqual({ id: expect.any(Number), name: expect.stringMatching(/x/), at: expect.anything() });
    expect({ a: 1, b: 2 }).toEqual(expect.objectContaining({ a: 1 })); expect([1, 2]).toEqual(expect.arrayContaining([2]));
    expect(null).toBeNull(); expect(undefined).toBeUndefined(); expect(1).toBeDefined(); expect(NaN).toBeNaN(); expect('').toBeFalsy(); expect('a').toBeTruthy();
  });
  test('promises', async () => {
    await expect(Promise.resolve(3)).resolves.toBe(3);
    await expect(Promise.reject(new Error('no'))).rejects.toThrow('no');
    await expect(Promise.resolve(3)).resolves.not.toBe(4);
  });
  test('mocks', () => {
    const f = jest.fn((a, b) => a + b); expect(f(1, 2)).toBe(3);
    expect(f).toHaveBeenCalledWith(1, 2); expect(f).toHaveBeenCalledTimes(1); expect(f.mock.calls).toEqual([[1, 2]]);
    f.mockReturnValueOnce(9); expect(f()).toBe(9); expect(f(2, 2)).toBe(4);
    const o = { m() { return 1 } }; const spy = vi.spyOn(o, 'm').mockReturnValue(5); expect(o.m()).toBe(5); spy.mockRestore(); expect(o.m()).toBe(1);
    const c = j2.fn(); expect(c).not.toHaveBeenCalled();
  });
  test('fake timers', () => { vi.useFakeTimers(); const f = vi.fn(); setTimeout(f, 1000); vi.advanceTimersByTime(999); expect(f).not.toHaveBeenCalled(); vi.advanceTimersByTime(1); expect(f).toHaveBeenCalledOnce(); vi.setSystemTime(new Date('2020-01-01')); expect(new Date().getFullYear()).toBe(2020); vi.useRealTimers(); });
  test.each([[1, 2, 3], [2, 3, 5]])('add %i + %i = %i', (a, b, c) => expect(a + b).toBe(c));
  test.each([{ a: 1, n: 'x' }])('named $n', ({ a }) => expect(a).toBe(1));
  test.each`a | b
  ${1} | ${2}`('table $a $b', ({ a, b }) => expect(a + 1).toBe(b));
  it('done callback', (done) => { setTimeout(done, 2) });
  it('assertions', async () => { expect.assertions(1); expect(1).toBe(1) });
  test.failing('known bug', () => expect(1).toBe(2));
  it('env', () => expect(process.env.NODE_ENV).toBe('test'));
});
