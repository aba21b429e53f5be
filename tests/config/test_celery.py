"""Workers keep their connections from one task to the next."""

from celery.fixups.django import DjangoWorkerFixup

from config.celery import app


def test_celery_does_not_close_the_pool_around_each_task() -> None:
    """Its Django fixup does, unless told otherwise by a setting it reads under this very name."""
    fixup = DjangoWorkerFixup(app)
    closed: list[bool] = []
    fixup._close_database = lambda: closed.append(True)  # type: ignore[method-assign]
    for _ in range(1000):
        fixup.close_database()
    assert closed == []
