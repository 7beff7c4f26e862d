import time

PRICES = {"apple": 0.5, "pear": 0.75, "plum": 0.2}


def quote(order):
    items = [
        {"name": name, "count": count, "price": PRICES[name], "sum": PRICES[name] * count}
        for name, count in order["items"].items()
    ]
    return {"id": order["id"], "items": items, "total": sum(item["sum"] for item in items)}


def own_time(order, times):
    """Microseconds that `quote` itself takes."""
    begun = time.perf_counter()
    for _ in range(times):
        quote(order)
    return (time.perf_counter() - begun) / times * 1e6
