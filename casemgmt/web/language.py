"""Vietnamese is the language of the source; other languages are catalogues."""

from pathlib import Path

from flask import Flask, current_app, g, has_request_context
from flask import session as cookie
from flask_babel import Babel, gettext, ngettext

from casemgmt import words

SOURCE = "vi"
COOKIE = "language"
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def speak(app: Flask) -> None:
    """Set up translation: `_()` in templates and views."""
    app.config["BABEL_DEFAULT_LOCALE"] = SOURCE
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    Babel(app, locale_selector=spoken)
    words.translate_with(_translated)
    # For the language of the source there is nothing to look up: spare each text the way there.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=_translated,
        ngettext=lambda one, many, n: one if spoken() == SOURCE else ngettext(one, many, n),
        newstyle=True,
    )
    app.extensions["languages"] = [SOURCE, *sorted(_catalogues() - {SOURCE})]


def _translated(text: str) -> str:
    return text if not text or spoken() == SOURCE else str(gettext(text))


def _catalogues() -> set[str]:
    return {file.parent.parent.name for file in CATALOGUES.glob("*/LC_MESSAGES/messages.mo")}


def languages() -> list[str]:
    """The languages that the site speaks."""
    found: list[str] = current_app.extensions["languages"]
    return found


def spoken() -> str:
    """The language of this request."""
    if not has_request_context():
        return SOURCE
    if "language" not in g:
        chosen = cookie.get(COOKIE, SOURCE)
        g.language = chosen if chosen in languages() else SOURCE
    return g.language  # type: ignore[no-any-return]


def choose(language: str) -> bool:
    """Keep the language of this browser; False where the site does not speak it."""
    if language not in languages():
        return False
    cookie[COOKIE] = language
    return True
