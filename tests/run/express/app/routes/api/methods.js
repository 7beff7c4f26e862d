export const Get = (req, res) => res.json({ method: req.method, ip: req.ip, ips: req.ips, protocol: req.protocol, hostname: req.hostname });
export function head(req, res) {
  res.set('X-Head', req.method).end();
}
export async function PATCH(req) {
  return { json: req.body, status: 202 };
}
