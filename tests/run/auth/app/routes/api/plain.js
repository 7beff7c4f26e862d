// Has nothing to do with sessions: the store is not asked.
export const GET = () => ({ plain: true });
export const POST = GET;
