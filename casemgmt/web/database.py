"""The database of a request: one session for each, from the engine that the whole product uses."""

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from casemgmt.db import Base, engine_options, prepare

db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def connect(app: Flask) -> None:
    """Give the application its engine, set as `casemgmt.db` says."""
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(url))
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def session() -> Session:
    """This request's session. Views flush; only `asking` commits."""
    return db.session()
