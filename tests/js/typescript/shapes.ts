export enum Kind { Circle = 'circle', Square = 'square' }
export interface Named { name: string }
export type Shape = { kind: Kind.Circle; r: number } | { kind: Kind.Square; s: number };
export function area(s: Shape): number { switch (s.kind) { case Kind.Circle: return Math.PI * s.r ** 2; case Kind.Square: return s.s * s.s; } }
