export async function POST(request, response) {
  response.status(200).json({ length: JSON.stringify(request.body).length, type: request.headers['content-type'] });
}
