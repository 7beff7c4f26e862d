async def main(context):
    return {'status': 201, 'headers': {'X-Made-By': 'Python'}, 'body': '<b>shop</b>'}
