"""Files that come with the product: our style sheet, and Bootstrap's from its package."""

import gzip
import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, send_file

from casemgmt import paths
from casemgmt.web.asking import needs

bp = Blueprint("shipped", __name__)
_LONG = 31_536_000  # a year: the address changes with the content
_TEXT = (".css", ".js", ".svg")  # what is worth packing


def _bootstrap() -> Path:
    spec = find_spec("flask_bootstrap")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package Bootstrap-Flask is not installed")
    return Path(spec.origin).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"


BOOTSTRAP = _bootstrap()


@bp.get("/shipped/bootstrap.css")
@needs(None)
def bootstrap() -> Response:
    """Bootstrap's style sheet, the one file that we use of its package."""
    return _packed(send_file(BOOTSTRAP, mimetype="text/css", max_age=_LONG), BOOTSTRAP)


@needs(None)
def _static(filename: str) -> Response:
    answer = current_app.send_static_file(filename)
    return _packed(answer, paths.shipped("static") / filename)


def _packed(answer: Response, path: Path) -> Response:
    """The answer with its file as tightly packed as gzip can, where the browser takes that. Packed
    once: packing what is streamed would be done for every browser anew, and less tightly."""
    takes = request.accept_encodings["gzip"] > 0
    if answer.status_code != 200 or path.suffix not in _TEXT or not takes:
        return answer
    answer.close()
    answer.direct_passthrough = False
    answer.set_data(_gzip(path, path.stat().st_mtime_ns))
    answer.content_encoding = "gzip"
    return answer


@cache
def _gzip(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def serve(app: Flask) -> None:
    """Serve the shipped files, and give the templates their addresses."""
    app.register_blueprint(bp)
    app.view_functions["static"] = _static
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _LONG
    marks: dict[str, str] = {}

    def static_url(name: str) -> str:
        if name not in marks or app.debug:
            content = (paths.shipped("static") / name).read_bytes()
            marks[name] = hashlib.sha256(content).hexdigest()[:12]
        return f"/static/{name}?{marks[name]}"

    app.jinja_env.globals["static_url"] = static_url
    mark = hashlib.sha256(BOOTSTRAP.read_bytes()).hexdigest()[:12]
    app.jinja_env.globals["bootstrap_url"] = f"/shipped/bootstrap.css?{mark}"
