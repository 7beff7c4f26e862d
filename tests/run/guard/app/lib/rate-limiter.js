const requests = new Map();

export function checkRateLimit(request, limit = 100, window = 60000) {
  const ip = request.ip || request.connection.remoteAddress;
  const now = Date.now();

  if (!requests.has(ip)) {
    requests.set(ip, []);
  }

  const userRequests = requests.get(ip);

  // Remove old requests outside the time window
  const recentRequests = userRequests.filter(time => now - time < window);

  if (recentRequests.length >= limit) {
    throw new Error('Rate limit exceeded');
  }

  recentRequests.push(now);
  requests.set(ip, recentRequests);

  return {
    remaining: limit - recentRequests.length,
    reset: now + window
  };
}
