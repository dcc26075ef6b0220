//! Rows and columns that a host lends.

use std::{collections::HashSet, ops::Range, sync::Arc};

use wasmtime::component::{ComponentType, Lower};

use super::{Copied, cut};
use crate::{state::Exceeded, weigh::Weigh};

/// Rows and columns of the host's, or some of them, that a plugin can be lent.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Arc<Named>>,
    /// Which rows of the columns.
    rows: Range<usize>,
}

/// A column with its name.
#[derive(Debug)]
struct Named {
    name: String,
    values: Values,
}

/// The values of one column, all of one kind; of `Option`s, nothing is a missing value.
#[derive(Clone, Debug)]
pub struct Values {
    there: There,
    /// The rows in which the value is missing, in their order.
    missing: Vec<usize>,
}

#[derive(Clone, Debug)]
enum There {
    Booleans(Vec<bool>),
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
    Texts(Vec<Arc<str>>),
    Blobs(Vec<Arc<[u8]>>),
}

/// Why columns are no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// A column is longer or shorter than the first one: give each the same number of values.
    #[error("column `{column}` has {rows} values, and the first has {first}")]
    Length {
        /// The column's name.
        column: String,
        /// How many values it has.
        rows: usize,
        /// How many the first column has.
        first: usize,
    },
    /// Two columns have one name: rename one of them.
    #[error("there are two columns `{column}`")]
    Twice {
        /// The name.
        column: String,
    },
}

/// What the values of a column are, as plugins are told.
#[derive(Clone, Copy, Debug, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(super) enum Kind {
    #[component(name = "booleans")]
    Booleans,
    #[component(name = "integers")]
    Integers,
    #[component(name = "numbers")]
    Numbers,
    #[component(name = "texts")]
    Texts,
    #[component(name = "blobs")]
    Blobs,
}

/// A column, as plugins are told.
#[derive(Debug, ComponentType, Lower)]
#[component(record)]
pub(super) struct Column {
    #[component(name = "name")]
    name: String,
    #[component(name = "kind")]
    kind: Kind,
}

/// One value of a row.
#[derive(Debug, ComponentType, Lower)]
#[component(variant)]
pub(super) enum Value {
    #[component(name = "missing")]
    Missing,
    #[component(name = "boolean")]
    Boolean(bool),
    #[component(name = "integer")]
    Integer(i64),
    #[component(name = "number")]
    Number(f64),
    #[component(name = "text")]
    Text(Arc<str>),
    #[component(name = "blob")]
    Blob(Arc<[u8]>),
}

/// What a plugin asked for that is not there.
#[derive(Debug, ComponentType, Lower)]
#[component(variant)]
pub(super) enum Mistake {
    #[component(name = "no-column")]
    NoColumn(String),
    #[component(name = "no-place")]
    NoPlace(u32),
    #[component(name = "other-kind")]
    OtherKind(Kind),
    #[component(name = "twice")]
    Twice(String),
}

impl Table {
    /// Puts columns together: names, and as many values under each.
    ///
    /// # Errors
    ///
    /// See [`TableError`].
    pub fn new<N: Into<String>>(
        columns: impl IntoIterator<Item = (N, Values)>,
    ) -> Result<Self, TableError> {
        let columns: Vec<_> = columns
            .into_iter()
            .map(|(name, values)| Arc::new(Named { name: name.into(), values }))
            .collect();
        let first = columns.first().map_or(0, |it| it.values.len());
        let mut names = HashSet::new();
        for it in &columns {
            let (column, rows) = (it.name.clone(), it.values.len());
            if rows != first {
                return Err(TableError::Length { column, rows, first });
            }
            if !names.insert(&it.name) {
                return Err(TableError::Twice { column });
            }
        }
        Ok(Self { columns, rows: 0..first })
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The names of the columns, in their order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|it| it.name.as_str())
    }

    /// Some of the rows: at most `most` from `first` on, cut off at the end. No value is copied.
    #[must_use]
    pub fn slice(&self, first: u64, most: u64) -> Self {
        Self { columns: self.columns.clone(), rows: self.cut(first, most) }
    }

    fn cut(&self, first: u64, most: u64) -> Range<usize> {
        let there = cut(first, most, self.rows());
        self.rows.start + there.start..self.rows.start + there.end
    }

    /// The columns, as plugins are told.
    pub(super) fn described(&self, copied: &mut Copied) -> Result<Vec<Column>, Exceeded> {
        copied.add(self.columns.iter().map(|it| it.name.len() as u64 + 1).sum())?;
        let column = |it: &Arc<Named>| Column { name: it.name.clone(), kind: it.values.kind() };
        Ok(self.columns.iter().map(column).collect())
    }

    /// Some of the columns, in the order of their names here.
    pub(super) fn select(&self, names: Vec<String>) -> Result<Self, Mistake> {
        let mut chosen = HashSet::new();
        let columns = names.into_iter().map(|name| {
            let column = self.columns.iter().find(|it| it.name == name);
            let Some(column) = column else { return Err(Mistake::NoColumn(name)) };
            if !chosen.insert(name.clone()) {
                return Err(Mistake::Twice(name));
            }
            Ok(Arc::clone(column))
        });
        Ok(Self { columns: columns.collect::<Result<_, _>>()?, rows: self.rows.clone() })
    }

    /// Copies the values of one row for a plugin.
    pub(super) fn row(&self, at: u64, copied: &mut Copied) -> Result<Option<Vec<Value>>, Exceeded> {
        let row = self.cut(at, 1);
        if row.is_empty() {
            return Ok(None);
        }
        copied.add(self.columns.iter().map(|it| 1 + it.values.weight(row.clone())).sum())?;
        Ok(Some(self.columns.iter().map(|it| it.values.at(row.start)).collect()))
    }

    /// Copies values of a column for a plugin.
    pub(super) fn values<T: Clone>(
        &self,
        column: u32,
        rows: (u64, u64),
        copied: &mut Copied,
        of: fn(&Values) -> Result<&[T], Mistake>,
    ) -> Result<Result<Vec<T>, Mistake>, Exceeded> {
        let rows = self.cut(rows.0, rows.1);
        let there =
            self.column(column).and_then(|values| Ok((values.weight(rows.clone()), of(values)?)));
        Ok(match there {
            Ok((bytes, values)) => {
                copied.add(bytes)?;
                Ok(values[rows].to_vec())
            }
            Err(mistake) => Err(mistake),
        })
    }

    /// Tells a plugin in which rows a value is missing.
    pub(super) fn missing(
        &self,
        column: u32,
        rows: (u64, u64),
        copied: &mut Copied,
    ) -> Result<Result<Vec<u64>, Mistake>, Exceeded> {
        let rows = self.cut(rows.0, rows.1);
        Ok(match self.column(column) {
            Ok(values) => {
                let missing = values.missing_of(&rows);
                copied.add(8 * missing.len() as u64)?;
                Ok(missing.iter().map(|row| (row - self.rows.start) as u64).collect())
            }
            Err(mistake) => Err(mistake),
        })
    }

    fn column(&self, at: u32) -> Result<&Values, Mistake> {
        let column = usize::try_from(at).ok().and_then(|it| self.columns.get(it));
        column.map(|it| &it.values).ok_or(Mistake::NoPlace(at))
    }
}

impl Values {
    fn len(&self) -> usize {
        match &self.there {
            There::Booleans(it) => it.len(),
            There::Integers(it) => it.len(),
            There::Numbers(it) => it.len(),
            There::Texts(it) => it.len(),
            There::Blobs(it) => it.len(),
        }
    }

    fn kind(&self) -> Kind {
        match &self.there {
            There::Booleans(_) => Kind::Booleans,
            There::Integers(_) => Kind::Integers,
            There::Numbers(_) => Kind::Numbers,
            There::Texts(_) => Kind::Texts,
            There::Blobs(_) => Kind::Blobs,
        }
    }

    /// What these rows weigh when they are copied.
    fn weight(&self, rows: Range<usize>) -> u64 {
        let bytes = match &self.there {
            There::Booleans(_) => rows.len(),
            There::Integers(_) | There::Numbers(_) => 8 * rows.len(),
            There::Texts(it) => it[rows].iter().map(|it| it.len()).sum(),
            There::Blobs(it) => it[rows].iter().map(|it| it.len()).sum(),
        };
        bytes as u64
    }

    fn missing_of(&self, rows: &Range<usize>) -> &[usize] {
        let before = |row: usize| self.missing.partition_point(|it| *it < row);
        &self.missing[before(rows.start)..before(rows.end)]
    }

    fn at(&self, row: usize) -> Value {
        if self.missing.binary_search(&row).is_ok() {
            return Value::Missing;
        }
        match &self.there {
            There::Booleans(it) => Value::Boolean(it[row]),
            There::Integers(it) => Value::Integer(it[row]),
            There::Numbers(it) => Value::Number(it[row]),
            There::Texts(it) => Value::Text(Arc::clone(&it[row])),
            There::Blobs(it) => Value::Blob(Arc::clone(&it[row])),
        }
    }

    /// Values of which some are missing; `instead` stands where one is.
    fn of<T, S>(values: Vec<Option<T>>, instead: &S, of: fn(Vec<S>) -> There) -> Self
    where
        T: Into<S>,
        S: Clone,
    {
        let missing = values.iter().enumerate().filter(|(_, it)| it.is_none());
        let missing = missing.map(|(row, _)| row).collect();
        let there = values.into_iter().map(|it| it.map_or_else(|| instead.clone(), Into::into));
        Self { there: of(there.collect()), missing }
    }
}

/// The values of one kind, which are shown to plugins and made of Rust's types.
macro_rules! kind {
    ($name:ident, $case:ident, $stored:ty, $instead:expr, [$($ty:ty),+]) => {
        pub(super) fn $name(values: &Values) -> Result<&[$stored], Mistake> {
            match &values.there {
                There::$case(it) => Ok(it),
                _ => Err(Mistake::OtherKind(values.kind())),
            }
        }

        $(
            impl From<Vec<$ty>> for Values {
                fn from(values: Vec<$ty>) -> Self {
                    let there = values.into_iter().map(Into::into).collect();
                    Self { there: There::$case(there), missing: Vec::new() }
                }
            }

            impl From<Vec<Option<$ty>>> for Values {
                fn from(values: Vec<Option<$ty>>) -> Self {
                    Self::of::<$ty, $stored>(values, &$instead, There::$case)
                }
            }
        )+
    };
}

kind!(booleans, Booleans, bool, false, [bool]);
kind!(integers, Integers, i64, 0, [i64]);
kind!(numbers, Numbers, f64, f64::NAN, [f64]);
kind!(texts, Texts, Arc<str>, Arc::from(""), [String, &str]);
kind!(blobs, Blobs, Arc<[u8]>, Arc::from([]), [Vec<u8>]);

impl Weigh for Table {
    const FLAT: Option<u64> = Some(0);

    fn bytes(&self) -> u64 {
        0
    }
}
