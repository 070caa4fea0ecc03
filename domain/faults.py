"""What goes wrong without anybody's doing. Refusals, on which a person can act, are in domain/errors.py."""


class Unavailable(Exception):
    """The database cannot be reached in time: nothing was changed, trying again later may work. Doors answer 503."""
