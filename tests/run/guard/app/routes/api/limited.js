export const GET = () => ({ json: { ok: true } });
