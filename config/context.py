"""What every template may say."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def product(request: HttpRequest) -> dict[str, str]:
    """Give templates the product's name, which lives in one setting."""
    return {"PRODUCT_NAME": settings.PRODUCT_NAME}
