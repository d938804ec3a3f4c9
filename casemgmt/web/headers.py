"""What every response carries: what a browser may load, and what it may keep."""

from flask import Flask, Response, current_app

# Nothing but what is named. Bootstrap's style sheet holds its small pictures as data.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HSTS = {"Strict-Transport-Security": "max-age=63072000"}  # two years
NO_STORE = "no-store"


def protect(app: Flask) -> None:
    """Put the headers on every response. What may be kept says so itself (`shipped files`)."""
    app.after_request(_put)


def always(app: Flask) -> dict[str, str]:
    """The headers of every response; behind TLS also that a browser is to stay with it."""
    return {**_ALWAYS, **_HSTS} if app.config["TLS"] else _ALWAYS


def _put(response: Response) -> Response:
    for name, value in always(current_app).items():
        response.headers[name] = value
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = NO_STORE
    return response
