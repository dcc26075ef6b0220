//! Takes many arguments.

use arguments_sdk::many::{Labelled, Many, Wide};

struct Plugin;

impl Many for Plugin {
    fn nothing() {}

    fn sixteen(
        a: u32,
        b: u32,
        c: u32,
        d: u32,
        e: u32,
        f: u32,
        g: u32,
        h: u32,
        i: u32,
        j: u32,
        k: u32,
        l: u32,
        m: u32,
        n: u32,
        o: u32,
        p: u32,
    ) -> Vec<u32> {
        vec![a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }

    fn seventeen(
        a: u32,
        b: u32,
        c: u32,
        d: u32,
        e: u32,
        f: u32,
        g: u32,
        h: u32,
        i: u32,
        j: u32,
        k: u32,
        l: u32,
        m: u32,
        n: u32,
        o: u32,
        p: u32,
        q: u32,
    ) -> Vec<u32> {
        vec![a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]
    }

    fn mixed(
        a: u8,
        b: i64,
        c: f32,
        d: f64,
        e: bool,
        f: char,
        g: String,
        h: Vec<u8>,
        i: Option<String>,
        j: Result<u8, String>,
        k: (u8, String),
        l: String,
    ) -> String {
        let h = h.len();
        let i = i.as_deref().unwrap_or("-");
        let j = j.map_or_else(|text| text, |number| number.to_string());
        let (number, text) = k;
        format!("{a} {b} {c} {d} {e} {f} {g} {h} {i} {j} {number}{text} {l}")
    }

    fn two_records(left: Wide, right: Wide) -> (Wide, Wide) {
        (left, right)
    }

    fn records_and_more(first: Labelled, times: u8, second: Labelled) -> Vec<String> {
        let repeat = |it: Labelled| vec![it.label; times.into()];
        [repeat(first), repeat(second)].concat()
    }

    fn optional(a: Option<u8>, b: Option<String>, c: Option<bool>) -> u32 {
        [a.is_some(), b.is_some(), c.is_some()].map(u32::from).iter().sum()
    }

    fn texts(
        a: String,
        b: String,
        c: String,
        d: String,
        e: String,
        f: String,
        g: String,
        h: String,
        i: String,
    ) -> String {
        [a, b, c, d, e, f, g, h, i].join("|")
    }
}

arguments_sdk::export!(Plugin);
