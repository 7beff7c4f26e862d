export default async function handler(request, response) {
  response.json({
    available: request.python.isAvailable(),
    version: request.python.version,
    named: await request.python.call('services.calls.add', 5),
    inline: await request.python.call('f', { x: 2 }, `
      def f(data):
          return data['x'] * 21
    `),
  });
}
