from services.lib.maths import double


def helper():
    return 'not a route'


def main(context):
    if context['method'] == 'DELETE':
        raise RuntimeError(f"cannot delete {context['params']['id']}")
    return {
        'id': context['params']['id'],
        'same': context['params'] == context['request']['params'],
        'query': context['query'],
        'doubled': double(int(context['request']['params']['id'])),
    }
