export default function self(request, response) { response.json({ super: request.query.super ?? 'none' }); }
