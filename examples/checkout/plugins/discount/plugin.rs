//! Finds the discount that is best for a customer: that of a coupon, or that for loyalty.
//!
//! A coupon is stored under its code as words: what it takes off, the least that has to be bought, until when, and
//! what it is for.

use discount_sdk::coupons::{Coupon, Coupons, Worth};
use discount_sdk::discounts::{Customer, Discount, Discounts, Line};
use discount_sdk::store;
use discount_sdk::trade::{Class, Reduction};

/// What a share is part of.
const WHOLE: i128 = 10_000;

/// How many orders make a customer loyal, and what that is worth.
const LOYAL: i64 = 10;
const LOYALTY: u32 = 200;

struct Plugin;

impl Discounts for Plugin {
    fn find(
        customer: Customer,
        lines: Vec<Line>,
        coupon: Option<String>,
        now: u64,
    ) -> Result<Option<Discount>, String> {
        let mut best = loyalty(&customer, &lines)?;
        if let Some(code) = coupon
            && let Some(found) = stored(&format!("coupon/{code}"))?
        {
            let coupon = read(&found).ok_or_else(|| format!("`{code}` is no coupon any more"))?;
            let by_coupon = taken_off(&coupon, &lines, now);
            if worth(&by_coupon) > worth(&best.reductions) {
                best = Discount { reason: format!("coupon {code}"), reductions: by_coupon };
            }
        }
        Ok((!best.reductions.is_empty()).then_some(best))
    }
}

impl Coupons for Plugin {
    fn put(code: String, coupon: Coupon) -> Result<(), String> {
        let worth = match coupon.worth {
            Worth::Share(share) if i128::from(share) <= WHOLE => format!("share {share}"),
            Worth::Amount(amount) if amount >= 0 => format!("amount {amount}"),
            _ => return Err("a coupon takes off from nothing to everything".to_owned()),
        };
        let class = match coupon.class {
            None => "all",
            Some(Class::Standard) => "standard",
            Some(Class::Food) => "food",
            Some(Class::Books) => "books",
        };
        let text = format!("{worth} {} {} {class}", coupon.at_least, coupon.until);
        store::set(&format!("coupon/{code}"), text.as_bytes()).map_err(|err| format!("{err:?}"))
    }
}

fn stored(key: &str) -> Result<Option<Vec<u8>>, String> {
    store::get(key).map_err(|err| format!("{err:?}"))
}

fn read(text: &[u8]) -> Option<Coupon> {
    let words: Vec<&str> = str::from_utf8(text).ok()?.split(' ').collect();
    let [kind, worth, at_least, until, class] = words.as_slice() else { return None };
    let worth = match *kind {
        "share" => Worth::Share(worth.parse().ok()?),
        "amount" => Worth::Amount(worth.parse().ok()?),
        _ => return None,
    };
    let class = match *class {
        "all" => None,
        "standard" => Some(Class::Standard),
        "food" => Some(Class::Food),
        "books" => Some(Class::Books),
        _ => return None,
    };
    Some(Coupon { worth, class, at_least: at_least.parse().ok()?, until: until.parse().ok()? })
}

fn loyalty(customer: &Customer, lines: &[Line]) -> Result<Discount, String> {
    let orders = stored(&format!("customer/{}/orders", customer.id))?.unwrap_or_default();
    let orders: i64 = str::from_utf8(&orders).ok().and_then(|it| it.parse().ok()).unwrap_or(0);
    let all: Vec<usize> = (0..lines.len()).collect();
    let reductions = if orders < LOYAL { Vec::new() } else { share(LOYALTY, &all, lines) };
    Ok(Discount { reason: "loyalty".to_owned(), reductions })
}

fn taken_off(coupon: &Coupon, lines: &[Line], now: u64) -> Vec<Reduction> {
    let is_for = |it: &Line| coupon.class.is_none_or(|class| class == it.class);
    let of: Vec<usize> = (0..lines.len()).filter(|at| is_for(&lines[*at])).collect();
    let sum: i128 = of.iter().map(|at| i128::from(lines[*at].net)).sum();
    if now > coupon.until || sum < i128::from(coupon.at_least) || sum == 0 {
        return Vec::new();
    }
    match coupon.worth {
        Worth::Share(basis) => share(basis, &of, lines),
        Worth::Amount(amount) => spread(i128::from(amount).min(sum), sum, &of, lines),
    }
}

/// Takes a share off each line.
fn share(basis: u32, of: &[usize], lines: &[Line]) -> Vec<Reduction> {
    let off = |at: &usize| half_even(i128::from(lines[*at].net) * i128::from(basis), WHOLE);
    reductions(of.iter().map(|at| (*at, off(at))))
}

/// Spreads an amount by what lines cost: whole cents first, and those that are left to who lost most by that.
fn spread(amount: i128, sum: i128, of: &[usize], lines: &[Line]) -> Vec<Reduction> {
    let exact = |at: usize| amount * i128::from(lines[at].net);
    let mut parts: Vec<(usize, i128)> = of.iter().map(|at| (*at, exact(*at) / sum)).collect();
    let mut left = amount - parts.iter().map(|(_, cents)| cents).sum::<i128>();
    let mut by_rest: Vec<usize> = (0..parts.len()).collect();
    // The order of lines decides among equals.
    by_rest.sort_by_key(|it| std::cmp::Reverse(exact(parts[*it].0) % sum));
    for it in by_rest {
        if left > 0 {
            parts[it].1 += 1;
            left -= 1;
        }
    }
    reductions(parts.into_iter())
}

fn reductions(parts: impl Iterator<Item = (usize, i128)>) -> Vec<Reduction> {
    let some = parts.filter(|(_, cents)| *cents > 0);
    some.filter_map(|(at, cents)| {
        Some(Reduction { line: u32::try_from(at).ok()?, net: i64::try_from(cents).ok()? })
    })
    .collect()
}

fn worth(reductions: &[Reduction]) -> i128 {
    reductions.iter().map(|it| i128::from(it.net)).sum()
}

/// Divides, and rounds half to even; neither is below 0.
fn half_even(number: i128, by: i128) -> i128 {
    let (whole, rest) = (number / by, number % by);
    let up = 2 * rest > by || (2 * rest == by && whole % 2 == 1);
    whole + i128::from(up)
}

discount_sdk::export!(Plugin);
