"""Files that come with the product: our style sheet, and Bootstrap's from its package."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Flask, Response, send_file

from casemgmt import paths
from casemgmt.web.asking import needs

bp = Blueprint("shipped", __name__)
_LONG = 31_536_000  # a year: the address changes with the content


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
    return send_file(BOOTSTRAP, mimetype="text/css", max_age=_LONG)


def serve(app: Flask) -> None:
    """Serve the shipped files, and give the templates their addresses."""
    app.register_blueprint(bp)
    needs(None)(app.view_functions["static"])
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
