//! Writes the text of `wit-bindgen-go` as `gofmt` would, and takes apart what only WebAssembly has.

/// A package of the bindings.
#[derive(Debug, Default)]
pub(crate) struct Unit {
    package: String,
    /// What it imports: the name in front of the dot, and the path.
    imports: Vec<(String, String)>,
    /// What has a body.
    pub(crate) code: String,
    /// The functions of the host: the line that says where they are, and the line that says what they take.
    host: Vec<(String, String)>,
}

impl Unit {
    /// Gives the files of the package by their names.
    pub(crate) fn files(&self) -> Vec<(&'static str, String)> {
        let mut files = vec![("bindings.go", self.file("", &self.code))];
        if !self.host.is_empty() {
            let declared = self.host.iter().map(|(place, it)| format!("{place}\n{it}\n"));
            let declared = declared.collect::<Vec<_>>().join("\n");
            files.push(("imports_wasm.go", self.file("", &declared)));
            let missing =
                self.host.iter().map(|(_, it)| format!("{it} {{\n\tpanic(abi.Outside)\n}}\n"));
            let missing = missing.collect::<Vec<_>>().join("\n");
            files.push(("imports_other.go", self.file("//go:build !wasm\n\n", &missing)));
        }
        files
    }

    fn file(&self, head: &str, code: &str) -> String {
        let used = self.imports.iter().filter(|(name, _)| {
            let name = format!("{name}.");
            code.match_indices(&name).any(|(at, _)| {
                !code[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == '.')
            })
        });
        let used: Vec<_> = used.map(|(_, path)| format!("\t\"{path}\"\n")).collect();
        let imports = match &used[..] {
            [] => String::new(),
            [one] => format!("import {}\n", one.trim_start()),
            several => format!("import (\n{})\n\n", several.concat()),
        };
        format!("{head}package {}\n\n{imports}{code}", self.package)
    }
}

/// Reads a file of the bindings.
pub(crate) fn tidy(text: &str, module: &str) -> Result<Unit, String> {
    let missing = || "a file of its bindings is not as it was".to_owned();
    let (head, rest) = text.split_once("\nimport (").ok_or_else(missing)?;
    let (imports, code) = rest.split_once("\n)").ok_or_else(missing)?;
    let package = head.lines().find_map(|it| it.strip_prefix("package ")).ok_or_else(missing)?;
    let mut unit = Unit { package: package.trim().to_owned(), ..Unit::default() };
    if super::names::is_keyword(&unit.package) {
        unit.package.push('_');
    }
    for line in imports.lines() {
        let Some(path) = line.split('"').nth(1) else { continue };
        // What upstream's runtime offered, ours has in one package.
        if path.starts_with("go.bytecodealliance.org/") || path == "runtime" {
            continue;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        unit.imports.push((name.to_owned(), path.to_owned()));
    }
    unit.imports.push(("abi".to_owned(), format!("{module}/internal/abi")));
    unit.imports.sort_by(|left, right| left.1.cmp(&right.1));
    unit.imports.dedup();
    let lines = freed(indented(code));
    let mut place = None;
    let mut declarations: Vec<Vec<String>> = Vec::new();
    for line in lines {
        if line.starts_with("//go:wasmimport") {
            place = Some(line);
            continue;
        }
        if let Some(place) = place.take() {
            unit.host.push((place, line));
            continue;
        }
        let is_inside = line.starts_with(['\t', '}', ')']);
        let goes_on =
            declarations.last().and_then(|it| it.last()).is_some_and(|it| it.starts_with("//"));
        match declarations.last_mut() {
            Some(last) if is_inside || goes_on => last.push(line),
            _ => declarations.push(vec![line]),
        }
    }
    let declarations: Vec<_> =
        declarations.into_iter().map(|it| format!("{}\n", aligned(it).join("\n"))).collect();
    unit.code = declarations.join("\n");
    Ok(unit)
}

/// Indents lines by the brackets around them, and leaves empty ones out.
fn indented(code: &str) -> Vec<String> {
    let mut lines = Vec::new();
    // For each level how many brackets opened it.
    let mut levels: Vec<usize> = Vec::new();
    for line in code.lines() {
        let line = spaced(line.trim().trim_end_matches(';'));
        if line.is_empty() {
            continue;
        }
        if line.starts_with("//") {
            lines.push(format!("{}{line}", "\t".repeat(levels.len())));
            continue;
        }
        // Upstream breaks one line in two, the pair that makes a stream or a future.
        if let Some(last) = lines
            .last_mut()
            .filter(|it: &&mut String| it.trim_start().starts_with("return ") && it.ends_with(','))
        {
            last.push(' ');
            last.push_str(&line);
            continue;
        }
        let leading = line.find(|it| !")}".contains(it)).unwrap_or(line.len());
        let (closing, rest) = line.split_at(leading);
        closing.chars().for_each(|_| close(&mut levels));
        let label = line.starts_with("case ") || line.starts_with("default:");
        let depth = levels.len().saturating_sub(usize::from(label));
        lines.push(format!("{}{line}", "\t".repeat(depth)));
        let mut open = 0;
        for letter in rest.chars() {
            match letter {
                '(' | '{' => open += 1,
                ')' | '}' if open > 0 => open -= 1,
                ')' | '}' => close(&mut levels),
                _ => {}
            }
        }
        if open > 0 {
            levels.push(open);
        }
    }
    lines
}

fn close(levels: &mut Vec<usize>) {
    if let Some(last) = levels.last_mut() {
        *last -= 1;
        if *last == 0 {
            levels.pop();
        }
    }
}

/// Puts one space where upstream puts several, and none around products that are arguments among others.
fn spaced(line: &str) -> String {
    let mut line = line.to_owned();
    while line.contains("  ") {
        line = line.replace("  ", " ");
    }
    if !line.starts_with("//") {
        line = line.replace("unsafe.Pointer(unsafe.", "\u{0}");
        for lead in ["(", " ", "*", "[", "!"] {
            line = line.replace(&format!("{lead}unsafe.Pointer("), &format!("{lead}abi.At("));
        }
        line = line.replace('\u{0}', "unsafe.Pointer(unsafe.");
        line = keyed(&folded(&line));
        let among_others = line.contains("unsafe.Add(") || line.contains("abi.Allocate(");
        if among_others {
            line = line.replace(" * ", "*");
        }
        line = line.replace("int32(pair >> 32))", "int32(pair>>32))");
        line = line.replace("int32(pair & 0xFFFFFFFF))", "int32(pair&0xFFFFFFFF))");
    }
    line
}

/// Computes the sums and products of numbers that stand in brackets.
fn folded(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('(') {
        let (before, after) = rest.split_at(at + 1);
        text.push_str(before);
        rest = after;
        let Some(end) = rest.find(')') else { break };
        let inside = &rest[..end];
        let is_sum = inside.starts_with(|it: char| it.is_ascii_digit())
            && inside.contains(['+', '*'])
            && inside.chars().all(|it| it.is_ascii_digit() || "+* ".contains(it));
        if !is_sum {
            continue;
        }
        let product = |it: &str| {
            it.split('*').filter_map(|it| it.trim().parse::<usize>().ok()).product::<usize>()
        };
        let sum = inside.split('+').map(product).sum::<usize>().to_string();
        text.pop();
        let is_call = text.ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == ']');
        text.push_str(&if is_call { format!("({sum})") } else { sum });
        rest = &rest[end + 1..];
    }
    text + rest
}

/// Names the fields where a record or a tuple is made.
fn keyed(line: &str) -> String {
    for (at, _) in line.match_indices('{') {
        let Some(name) = made(&line[..at]) else { continue };
        let Some((fields, rest)) = arguments(&line[at + 1..]) else { continue };
        let is_variant = fields.first().is_some_and(|it| it.starts_with(&format!("{name}C")));
        if is_variant || fields.iter().all(|it| it.is_empty()) {
            continue;
        }
        let fields = fields.iter().enumerate();
        let fields = fields.map(|(at, it)| format!("F{at}: {}", keyed(it))).collect::<Vec<_>>();
        return format!("{}{{{}}}{}", &line[..at], fields.join(", "), keyed(rest));
    }
    line.to_owned()
}

/// Names the record or the tuple whose type ends a text.
fn made(text: &str) -> Option<&str> {
    let mut text = text;
    if text.ends_with(']') {
        let mut depth = 0;
        let open = text.char_indices().rev().find(|(_, it)| {
            depth += match it {
                ']' => 1,
                '[' => -1,
                _ => 0,
            };
            depth == 0
        });
        text = &text[..open?.0];
    }
    let start = text.rfind(|it: char| !it.is_alphanumeric()).map_or(0, |it| it + 1);
    let name = &text[start..];
    let is_tuple =
        name.strip_prefix("Tuple").is_some_and(|it| it.chars().all(|it| it.is_ascii_digit()));
    (is_tuple || name.starts_with("Wit")).then_some(name)
}

/// Takes apart what stands up to the bracket that closes, and gives what follows it.
fn arguments(text: &str) -> Option<(Vec<&str>, &str)> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(text[start..at].trim());
                return Some((found, &text[at + 1..]));
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// Gives back the memory of lists, and of parameters that did not fit, once they are read.
fn freed(lines: Vec<String>) -> Vec<String> {
    let mut done = Vec::with_capacity(lines.len());
    // The indentation of each loop that reads a list, and what to do after it.
    let mut loops: Vec<(String, String)> = Vec::new();
    let mut area = false;
    let mut rest = lines.into_iter().peekable();
    while let Some(line) = rest.next() {
        let indent: String = line.chars().take_while(|it| *it == '\t').collect();
        let text = line[indent.len()..].to_owned();
        if text.starts_with("func ") {
            area = text.contains("(arg0 uintptr)");
        }
        if text == "abi.Lifted()" {
            if area {
                done.push(format!("{indent}defer abi.Free(abi.At(arg0), 1)"));
            }
            continue;
        }
        let length = text
            .strip_prefix("for index := 0; index < int(")
            .and_then(|it| it.strip_suffix("); index++ {"));
        let memory = rest.peek().and_then(|it| {
            let it = it.trim_start().strip_prefix("base := unsafe.Add(abi.At(")?;
            it.split_once("), index*").map(|(memory, _)| memory.to_owned())
        });
        if let (Some(length), Some(memory)) = (length, memory) {
            loops.push((indent.clone(), format!("abi.Free(abi.At({memory}), {length})")));
        }
        done.push(line);
        if text == "}" && loops.last().is_some_and(|(at, _)| *at == indent) {
            let (at, free) = loops.pop().expect("there is a last one");
            done.push(format!("{at}{free}"));
        }
    }
    done
}

/// Puts the columns of constants and fields below each other.
fn aligned(lines: Vec<String>) -> Vec<String> {
    if lines.first().is_some_and(|it| it.contains("_vtable_") && it.ends_with("]{")) {
        return table(lines);
    }
    let is_table = lines.first().is_some_and(|it| {
        it == "const (" || (it.starts_with("type ") && it.ends_with(" struct {"))
    });
    if !is_table || lines.len() < 3 {
        return lines;
    }
    let width = |line: &String| line.find(' ').unwrap_or(0);
    let last = lines.len() - 1;
    let widest = lines[1..last].iter().map(width).max().unwrap_or(0);
    let line = |(at, line): (usize, String)| match line.split_once(' ') {
        Some((name, rest)) if (1..last).contains(&at) => format!("{name:widest$} {rest}"),
        _ => line,
    };
    lines.into_iter().enumerate().map(line).collect()
}

/// Names the fields of what the host offers for streams or futures of one type.
fn table(lines: Vec<String>) -> Vec<String> {
    let names =
        ["Size", "Align", "Read", "Write", "", "", "DropReadable", "DropWritable", "Lift", "Lower"];
    let last = lines.len() - 1;
    let line = |(at, line): (usize, String)| match at.checked_sub(1).and_then(|it| names.get(it)) {
        Some(&"") if at < last => None,
        Some(name) if at < last => {
            let name = format!("{name}:");
            Some(format!("\t{name:13} {}", line.trim()))
        }
        _ => Some(line),
    };
    lines.into_iter().enumerate().filter_map(line).collect()
}
