"""The least that a page of Flask costs, served as the product is: `python -m bench.hello PORT`."""

import sys

from flask import Flask
from waitress.server import create_server

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """One line."""
    return "hello"


if __name__ == "__main__":
    create_server(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8).run()
