"""Looks at orders, and says what about them is unusual."""

from fraud_sdk import FailedError, export, frauds, store, trade

LARGE = 50_000
"""From so many cents on an order is large."""

HUGE = 200_000
"""From so many cents on an order is very large."""

MANY = 50
"""More of one article than a household needs."""

OFTEN = 5
"""More orders in an hour than somebody places who takes a look at them."""

HOUR = 3600
"""How many seconds it has."""

MOST = 100
"""The highest score."""

REVIEW, REFUSE = 50, 80
"""From which score on somebody has a look, and from which on nobody needs to."""


def found_in(order: trade.Order, total: int) -> list[tuple[int, str]]:
    """List what counts, and how much."""
    customer = order.customer.id
    earlier = int(store.get(f"customer/{customer}/orders") or b"0")
    attempts = store.increment(f"attempts/{customer}/{order.placed // HOUR}", 1)
    most = max((item.quantity for item in order.items), default=0)
    signs = [
        (earlier == 0, 15, "the first order of this customer"),
        (LARGE <= total < HUGE, 20, "a large order"),
        (total >= HUGE, 40, "a very large order"),
        (order.country != order.billing_country, 25, "goes to another country than the bill"),
        (most > MANY, 15, f"{most} of one article"),
        (attempts > OFTEN, 30, f"attempt {attempts} within an hour"),
    ]
    return [(points, reason) for is_so, points, reason in signs if is_so]


@export
class Frauds(frauds.Frauds):
    """The checks of the security team."""

    def look(self, order: trade.Order, total: int) -> trade.Report:
        try:
            found = found_in(order, total)
        except FailedError as error:
            message = f"the store failed: {error}"
            raise frauds.StringError(message) from error
        score = min(sum(points for points, _ in found), MOST)
        if score >= REFUSE:
            verdict = trade.Verdict.REFUSE
        elif score >= REVIEW:
            verdict = trade.Verdict.REVIEW
        else:
            verdict = trade.Verdict.ACCEPT
        return trade.Report(score, verdict, [f"{reason}: {points}" for points, reason in found])
