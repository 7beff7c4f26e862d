export function GET(req) {
  return { thing: true, url: req.url, baseUrl: req.baseUrl };
}
