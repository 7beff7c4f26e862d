"""Outside of the app's directory: embedded because the app imports it."""


def predict(x):
    return x + 0.5
