export default async function handler(request, response) {
  const data = { method: request.method };

  return response.status(200)
    .set({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
      'Access-Control-Allow-Headers': 'Content-Type, Authorization'
    })
    .json({
      success: true,
      data
    });
}
