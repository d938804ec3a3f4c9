"""What every response carries: what a browser may load, and what it may keep."""

from flask import Flask, Response

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
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
NO_STORE = "no-store"


def protect(app: Flask) -> None:
    """Put the headers on every response. What may be kept says so itself (`shipped files`)."""
    app.after_request(_put)


def _put(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers[name] = value
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = NO_STORE
    return response
