//! Knows what articles cost, and what many of one cost less.
//!
//! An article is stored under its name as words: what one costs, its kind, and for each tier where it begins and what
//! it takes off.

use pricing_sdk::articles::{Article, Articles, Tier};
use pricing_sdk::prices::{Item, Line, PriceError, Prices};
use pricing_sdk::store;
use pricing_sdk::trade::Class;

/// What a share is part of.
const WHOLE: i128 = 10_000;

/// The most that one may cost, and the most of one article in an order.
const MOST: i64 = 1_000_000_000;
const MANY: u32 = 1_000_000;

struct Plugin;

impl Prices for Plugin {
    fn price(items: Vec<Item>) -> Result<Vec<Line>, PriceError> {
        items.into_iter().map(line).collect()
    }
}

impl Articles for Plugin {
    fn put(name: String, article: Article) -> Result<(), String> {
        if !(0..=MOST).contains(&article.net) {
            return Err(format!("an article costs from 0 to {MOST} cents"));
        }
        if article.tiers.iter().any(|it| i128::from(it.off) > WHOLE) {
            return Err("nothing costs less than nothing".to_owned());
        }
        let class = match article.class {
            Class::Standard => "standard",
            Class::Food => "food",
            Class::Books => "books",
        };
        let tiers = article.tiers.iter().map(|it| format!(" {}:{}", it.at_least, it.off));
        let text = format!("{} {class}{}", article.net, tiers.collect::<String>());
        store::set(&key(&name), text.as_bytes()).map_err(|err| format!("{err:?}"))
    }
}

fn key(name: &str) -> String {
    format!("article/{name}")
}

fn line(item: Item) -> Result<Line, PriceError> {
    if !(1..=MANY).contains(&item.quantity) {
        return Err(PriceError::BadQuantity(item.article));
    }
    let found =
        store::get(&key(&item.article)).map_err(|err| PriceError::Store(format!("{err:?}")))?;
    let Some(found) = found else { return Err(PriceError::NoSuchArticle(item.article)) };
    let article = read(&found).ok_or_else(|| {
        PriceError::Store(format!("what is stored for `{}` is no article", item.article))
    })?;
    let reached = article.tiers.iter().filter(|it| it.at_least <= item.quantity);
    let off = reached.map(|it| it.off).max().unwrap_or(0);
    let whole = i128::from(article.net) * i128::from(item.quantity);
    let net = half_even(whole * (WHOLE - i128::from(off)), WHOLE);
    // An article costs 10⁹ at most, and there are 10⁶ of it.
    let net = i64::try_from(net).unwrap_or(i64::MAX);
    Ok(Line { article: item.article, quantity: item.quantity, class: article.class, net })
}

fn read(text: &[u8]) -> Option<Article> {
    let mut words = str::from_utf8(text).ok()?.split(' ');
    let net = words.next()?.parse().ok().filter(|it| (0..=MOST).contains(it))?;
    let class = match words.next()? {
        "standard" => Class::Standard,
        "food" => Class::Food,
        "books" => Class::Books,
        _ => return None,
    };
    let tier = |word: &str| {
        let (at_least, off) = word.split_once(':')?;
        let off = off.parse().ok().filter(|it| i128::from(*it) <= WHOLE)?;
        Some(Tier { at_least: at_least.parse().ok()?, off })
    };
    Some(Article { net, class, tiers: words.map(tier).collect::<Option<_>>()? })
}

/// Divides, and rounds half to even; neither is below 0.
fn half_even(number: i128, by: i128) -> i128 {
    let (whole, rest) = (number / by, number % by);
    let up = 2 * rest > by || (2 * rest == by && whole % 2 == 1);
    whole + i128::from(up)
}

pricing_sdk::export!(Plugin);
