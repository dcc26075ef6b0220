//! Writes Rust as rustfmt leaves it, for the little that the generated crate is made of.
//!
//! The widths are rustfmt's defaults: 100 columns, 60 for the arguments of a call or a tuple, 18 for the fields of a
//! struct that is written in one line.

/// The widest line, in columns.
const LINE: usize = 100;

/// An expression.
#[derive(Debug, Clone)]
pub(crate) enum Code {
    /// Written as it is.
    Text(String),
    /// A call or a tuple: what opens it, and what is in it.
    Call(String, Vec<Code>),
    /// A struct: its name, its fields and their values.
    Struct(String, Vec<(String, Code)>),
}

impl Code {
    pub(crate) fn text(text: impl Into<String>) -> Code {
        Code::Text(text.into())
    }

    /// Writes it where the line is indented by so many columns.
    pub(crate) fn write(&self, indent: usize) -> String {
        let line = self.line();
        if self.fits(&line) && indent + line.len() <= LINE {
            return line;
        }
        let inner = " ".repeat(indent + 4);
        match self {
            Code::Text(text) => text.clone(),
            // What is alone in a call opens in the call's own line.
            Code::Call(open, items) if items.len() == 1 && !open.is_empty() => {
                format!("{open}({})", items[0].write(indent))
            }
            Code::Call(open, items) => {
                let items = items.iter().map(|it| format!("{inner}{},\n", it.write(indent + 4)));
                format!("{open}(\n{}{})", items.collect::<String>(), " ".repeat(indent))
            }
            Code::Struct(name, fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, it)| format!("{inner}{name}: {},\n", it.write(indent + 4)));
                format!("{name} {{\n{}{}}}", fields.collect::<String>(), " ".repeat(indent))
            }
        }
    }

    fn line(&self) -> String {
        let list = |items: &[Code]| items.iter().map(Code::line).collect::<Vec<_>>().join(", ");
        match self {
            Code::Text(text) => text.clone(),
            Code::Call(open, items) if open.is_empty() && items.len() == 1 => {
                format!("({},)", items[0].line())
            }
            Code::Call(open, items) => format!("{open}({})", list(items)),
            Code::Struct(name, fields) => {
                let fields = fields.iter().map(|(name, it)| format!("{name}: {}", it.line()));
                format!("{name} {{ {} }}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Whether rustfmt would leave it in one line, were there no end to the line.
    fn fits(&self, line: &str) -> bool {
        let inside = |open: usize, close: usize| line.len().saturating_sub(open + close);
        match self {
            Code::Text(_) => true,
            Code::Call(open, items) => {
                inside(open.len() + 1, 1) <= 60 && items.iter().all(|it| it.fits(&it.line()))
            }
            Code::Struct(name, fields) => {
                inside(name.len() + 3, 2) <= 18 && fields.iter().all(|(_, it)| it.fits(&it.line()))
            }
        }
    }
}

/// A type that a function gives back, which opens up where the line is too long.
#[derive(Debug, Clone)]
pub(crate) struct Returned {
    pub(crate) line: String,
    /// The parts of a tuple; empty for everything else.
    pub(crate) parts: Vec<String>,
}

/// Writes what stands before the body of a function that is indented by four columns.
pub(crate) fn signature(start: &str, params: &[String], result: Option<&Returned>) -> String {
    let arrow = |text: &str| if text.is_empty() { String::new() } else { format!(" -> {text}") };
    let line = result.map_or("", |it| it.line.as_str());
    let short = format!("{start}({}){}", params.join(", "), arrow(line));
    if 4 + short.len() + 2 <= LINE {
        return short;
    }
    let open = |items: &[String]| {
        let items = items.iter().map(|it| format!("        {it},\n"));
        format!("(\n{}    )", items.collect::<String>())
    };
    match result {
        Some(result) if params.is_empty() && !result.parts.is_empty() => {
            format!("{start}(){}", arrow(&open(&result.parts)))
        }
        _ if params.is_empty() => short,
        _ => format!("{start}{}{}", open(params), arrow(line)),
    }
}

/// Writes a `pub use` of several items of a module, indented by so many columns; nothing for none.
pub(crate) fn reexport(path: &str, mut items: Vec<String>, indent: usize) -> String {
    items.sort();
    let margin = " ".repeat(indent);
    let line = match &items[..] {
        [] => return String::new(),
        [one] => format!("{margin}pub use {path}::{one};"),
        several => format!("{margin}pub use {path}::{{{}}};", several.join(", ")),
    };
    // rustfmt keeps room for what closes the list, also where nothing does.
    if line.len() <= LINE - 2 || items.len() == 1 {
        return line;
    }
    let mut text = format!("{margin}pub use {path}::{{");
    let mut column = LINE;
    for item in &items {
        if column + 1 + item.len() + 1 >= LINE {
            text.push_str(&format!("\n{margin}    {item},"));
            column = indent + 4 + item.len() + 1;
        } else {
            text.push_str(&format!(" {item},"));
            column += 1 + item.len() + 1;
        }
    }
    text.push_str(&format!("\n{margin}}};"));
    text
}
