"""iCloud's habits and limits (docs/icloud.md; the numbers in brackets are its rules)."""

from __future__ import annotations

from datetime import timedelta

from integrations.gateway.base import Profile

ICLOUD = Profile(
    name="Apple iCloud Calendar",
    in_flight=1,
    burst=20,  # throttling begins at 50 to 100 quick requests (A76)
    per_second=2.0,
    per_minute=240,  # the highest rate anybody reports to have kept up, per account (A76)
    chunk=50,  # tried by peers without a fault (A42)
    rewrites=True,  # sources disagree, so it is taken for yes (A59)
    lags=True,  # 2 to 10 seconds behind our own writes (A39)
    account_wide_uids=True,  # (A55)
    safety_listing=timedelta(days=7),
    hosts=("icloud.com", "*.icloud.com", "icloud.com.cn", "*.icloud.com.cn"),  # partitions move (A2, A4)
)
