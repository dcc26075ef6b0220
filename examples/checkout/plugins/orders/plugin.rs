//! Puts a checkout together: prices, then the discount, then taxes, and a look at fraud before an order is placed.

use ordering_sdk::discounts;
use ordering_sdk::frauds;
use ordering_sdk::orders::{Bill, Order, Orders, Receipt, Refusal};
use ordering_sdk::prices;
use ordering_sdk::store;
use ordering_sdk::taxes::{self, Part};
use ordering_sdk::trade::Verdict;

/// The most items in an order; each costs 10¹⁵ cents at most, so that no sum is too large.
const MOST: usize = 1000;

struct Plugin;

impl Orders for Plugin {
    fn quote(order: Order) -> Result<Bill, Refusal> {
        billed(&order)
    }

    fn place(order: Order) -> Result<Receipt, Refusal> {
        let bill = billed(&order)?;
        let report = frauds::look(&order, bill.total).map_err(Refusal::Unavailable)?;
        if report.verdict == Verdict::Refuse {
            return Err(Refusal::Fraud(report));
        }
        let number = counted("orders/last")?;
        counted(&format!("customer/{}/orders", order.customer.id))?;
        Ok(Receipt { number, bill, report })
    }
}

fn billed(order: &Order) -> Result<Bill, Refusal> {
    if order.items.is_empty() || order.items.len() > MOST {
        return Err(Refusal::BadSize);
    }
    let lines = prices::price(&order.items).map_err(Refusal::Price)?;
    let coupon = order.coupon.as_deref();
    let discount = discounts::find(&order.customer, &lines, coupon, order.placed)
        .map_err(Refusal::Unavailable)?;
    let mut parts: Vec<Part> =
        lines.iter().map(|it| Part { class: it.class, net: it.net }).collect();
    for reduction in discount.iter().flat_map(|it| &it.reductions) {
        // Another team says which line it is, so that it is looked at.
        let part = usize::try_from(reduction.line).ok().and_then(|at| parts.get_mut(at));
        let part = part.filter(|it| (1..=it.net).contains(&reduction.net));
        let wrong = || Refusal::Unavailable("a discount is for no line that there is".to_owned());
        part.ok_or_else(wrong)?.net -= reduction.net;
    }
    let net = parts.iter().map(|it| it.net).sum();
    let taxes = taxes::assess(&order.customer, &order.country, &parts).map_err(Refusal::Tax)?;
    let total = taxes.iter().fold(net, |sum: i64, it| sum.saturating_add(it.tax));
    Ok(Bill { lines, discount, taxes, net, total })
}

fn counted(key: &str) -> Result<i64, Refusal> {
    store::increment(key, 1).map_err(|err| Refusal::Unavailable(format!("{key}: {err:?}")))
}

ordering_sdk::export!(Plugin);
