"""A Redis cache that may be absent: Redis holds nothing of value, so its loss slows us down but stops nothing."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class CacheToleree(RedisCache):
    """RedisCache whose failures read as « not in the cache »."""

    def _try(self, call: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return call()
        except (RedisError, OSError):
            logger.warning("cache injoignable")
            return otherwise

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: super(CacheToleree, self).get(key, default, version), default)

    def set(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        self._try(lambda: super(CacheToleree, self).set(key, value, timeout, version), None)

    def add(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        return bool(self._try(lambda: super(CacheToleree, self).add(key, value, timeout, version), otherwise=True))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._try(lambda: super(CacheToleree, self).delete(key, version), otherwise=False))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._try(lambda: super(CacheToleree, self).incr(key, delta, version), delta))

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        return dict(self._try(lambda: super(CacheToleree, self).get_many(keys, version), {}))

    def set_many(self, data: Any, timeout: Any = 300, version: int | None = None) -> list[Any]:
        return list(self._try(lambda: super(CacheToleree, self).set_many(data, timeout, version), list(data)))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        self._try(lambda: super(CacheToleree, self).delete_many(keys, version), None)
