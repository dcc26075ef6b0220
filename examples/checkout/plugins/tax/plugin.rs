//! Knows what is owed to which state.

use std::collections::BTreeMap;

use tax_sdk::taxes::{Class, Customer, Part, Tax, TaxError, Taxes};

/// Where the shop is.
const HOME: &str = "DE";

/// What a rate is part of.
const WHOLE: i128 = 10_000;

/// What there is to know of a country.
struct Country {
    name: &'static str,
    /// In basis points, as of 2025: the standard rate, that of most foodstuffs, that of printed books.
    rates: [u32; 3],
    /// How VAT numbers look: 9 stands for a digit, A for a letter, X for either, and all else for itself.
    numbers: &'static [&'static str],
}

const fn country(name: &'static str, rates: [u32; 3], numbers: &'static [&'static str]) -> Country {
    Country { name, rates, numbers }
}

const COUNTRIES: [Country; 10] = [
    country("AT", [2000, 1000, 1000], &["ATU99999999"]),
    country("BE", [2100, 600, 600], &["BE9999999999"]),
    country("DE", [1900, 700, 700], &["DE999999999"]),
    country("ES", [2100, 1000, 400], &["ESX9999999X"]),
    country("FR", [2000, 550, 550], &["FRXX999999999"]),
    country("IE", [2300, 0, 0], &["IE9999999A", "IE9999999AA"]),
    country("IT", [2200, 1000, 400], &["IT99999999999"]),
    country("LU", [1700, 300, 300], &["LU99999999"]),
    country("NL", [2100, 900, 900], &["NL999999999B99"]),
    country("PL", [2300, 500, 500], &["PL9999999999"]),
];

struct Plugin;

impl Taxes for Plugin {
    fn assess(customer: Customer, to: String, parts: Vec<Part>) -> Result<Vec<Tax>, TaxError> {
        let Some(country) = COUNTRIES.iter().find(|it| it.name == to) else {
            return Err(TaxError::NoSuchCountry(to));
        };
        let pays_itself = match customer.vat_id {
            None => false,
            Some(id) if !is_number(&id) => return Err(TaxError::BadVatId(id)),
            Some(id) => to != HOME && !id.starts_with(HOME),
        };
        let mut sums = BTreeMap::new();
        for part in parts {
            let [standard, food, books] = country.rates;
            let rate = match part.class {
                _ if pays_itself => 0,
                Class::Standard => standard,
                Class::Food => food,
                Class::Books => books,
            };
            *sums.entry(rate).or_insert(0_i64) += part.net;
        }
        let owed = sums.into_iter().rev();
        Ok(owed.map(|(rate, net)| Tax { rate, net, tax: tax(net, rate) }).collect())
    }
}

/// Tells whether a text looks like the VAT number of the country whose letters it begins with.
fn is_number(id: &str) -> bool {
    let fits = |(pattern, letter): (u8, u8)| match pattern {
        b'9' => letter.is_ascii_digit(),
        b'A' => letter.is_ascii_uppercase(),
        b'X' => letter.is_ascii_digit() || letter.is_ascii_uppercase(),
        _ => pattern == letter,
    };
    let looks =
        |pattern: &&str| pattern.len() == id.len() && pattern.bytes().zip(id.bytes()).all(fits);
    let country = COUNTRIES.iter().find(|it| id.starts_with(it.name));
    country.is_some_and(|it| it.numbers.iter().any(looks))
}

/// Takes a share, rounded half to even; the amount is not below 0.
fn tax(net: i64, rate: u32) -> i64 {
    let number = i128::from(net) * i128::from(rate);
    let (cents, rest) = (number / WHOLE, number % WHOLE);
    let up = 2 * rest > WHOLE || (2 * rest == WHOLE && cents % 2 == 1);
    // No rate is larger than the whole, so that what is owed is no larger than the amount.
    i64::try_from(cents + i128::from(up)).unwrap_or(net)
}

tax_sdk::export!(Plugin);
