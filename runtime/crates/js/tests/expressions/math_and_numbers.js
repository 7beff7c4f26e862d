[Math.round(-0.5), Math.round(2.5), Math.round(-2.5), Math.round(0.49999999999999994), Math.round(1e300)]
[Math.max(), Math.min(), Math.max(1, NaN), Math.max(-0, 0), Math.min(0, -0)]
[Math.hypot(3, 4), Math.hypot(), Math.hypot(NaN, Infinity), Math.hypot(1e200, 1e200)]
[Math.sign(-3), Math.sign(-0), Math.trunc(-4.7), Math.cbrt(27), Math.fround(5.5), Math.fround(5.05)]
[Math.clz32(1), Math.imul(0xffffffff, 5), Math.log2(8), Math.log10(1000), Math.log1p(1e-10), Math.expm1(1e-10)]
[Math.sin(1), Math.cos(1), Math.tan(1), Math.asin(0.5), Math.acos(0.5), Math.atan(2), Math.atan2(1, -1)]
[Math.sinh(1), Math.cosh(1), Math.tanh(1), Math.asinh(1), Math.acosh(2), Math.atanh(0.5), Math.exp(1)]
[Math.sin(1e6), Math.cos(100), Math.exp(10.5), Math.log(10), Math.sqrt(2)]
[Math.PI, Math.E, Math.LN2, Math.SQRT1_2, Math.LOG10E]
(r => r >= 0 && r < 1)(Math.random())
BigInt(10) ** 20n
BigInt('0xff')
BigInt(1.5)
BigInt('x')
new BigInt(1)
BigInt.asUintN(8, 257n)
BigInt.asIntN(8, 255n)
BigInt.asUintN(64, -1n)
(123n).toString(16)
(1234567n).toLocaleString()
typeof Object(1n)
