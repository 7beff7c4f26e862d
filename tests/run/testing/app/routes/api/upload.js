export async function POST(request, response) {
  const file = request.files?.picture;
  response.json({ title: request.body.title, auth: request.headers.authorization, file: file && { name: file.name, size: file.size } });
}

export function PUT(request, response) {
  response.status(204).end();
}
