"""The one way in which a rule says no."""


class RuleBroken(Exception):
    """An act is against a rule. `message` is a sentence for people, in Vietnamese;
    `field` names the answer that has to change, where there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
