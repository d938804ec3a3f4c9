"""The database of a request: one session for each, from the engine that the whole product uses."""

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casemgmt.db import Base, engine_options, prepare

db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def connect(app: Flask) -> None:
    """Give the application its engine, set as `casemgmt.db` says."""
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(url))
    db.init_app(app)
    app.teardown_appcontext(_let_go)  # before Flask-SQLAlchemy's own
    with app.app_context():
        prepare(db.engine)


def _let_go(_failure: BaseException | None) -> None:
    """End the request's session. Where the database went away after the page was made, there is
    nothing to roll back any more, and the page is as good as it was."""
    try:
        db.session.remove()
    except DBAPIError:
        db.session().invalidate()


def session() -> Session:
    """This request's session. Views flush; only `asking` commits."""
    return db.session()
