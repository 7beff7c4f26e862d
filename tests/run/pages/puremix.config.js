export default async () => ({
  security: { frameOptions: await Promise.resolve('DENY') },
});
