//! The picture: one week of prices, set points and temperatures, as SVG.
//!
//! The price is on top; below it, each controller has a panel of its own on the same hours.

use std::ops::Range;

use plotters::chart::ChartContext;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::household::{DAY, Household, WEEK};
use crate::price::Market;
use crate::season::Outcome;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Week<'a> {
    /// The prices, and the days they belong to.
    pub market: &'a Market,
    /// The household, for its comfort and its safe band.
    pub household: &'a Household,
    /// Which week, the first being 0.
    pub week: usize,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The controllers did not run that long; picture an earlier week, or run more of them.
    #[error("week {week} is not within the {ran} weeks that ran")]
    Week {
        /// The week that was asked for, the first being 1.
        week: usize,
        /// How many whole weeks there are.
        ran: usize,
    },
    /// The drawing library failed; this is a bug.
    #[error("the picture could not be drawn")]
    Draw(#[from] DrawingAreaErrorKind<std::io::Error>),
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'b, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

const WIDTH: u32 = 1120;
const HEAD: u32 = 64;
const PRICE: u32 = 160;
const PANEL: u32 = 210;
const DAYS: u32 = 34;

const INK: RGBColor = RGBColor(45, 52, 64);
const FAINT: RGBColor = RGBColor(222, 226, 232);
const COST: RGBColor = RGBColor(109, 104, 168);
const WARMTH: RGBColor = RGBColor(201, 76, 46);
const WANTED: RGBColor = RGBColor(32, 110, 160);
const LIMIT: RGBColor = RGBColor(58, 125, 68);

impl Week<'_> {
    /// Draws the week under each of the controllers, named.
    pub fn draw(&self, controllers: &[(String, Outcome)]) -> Result<String, PictureError> {
        let hours = self.week * WEEK..(self.week + 1) * WEEK;
        let ran = controllers.iter().map(|(_, outcome)| outcome.steps.len()).min().unwrap_or(0);
        if ran.min(self.market.prices().len()) < hours.end {
            return Err(PictureError::Week { week: self.week + 1, ran: ran / WEEK });
        }
        let panels = u32::try_from(controllers.len()).unwrap_or(u32::MAX);
        let height = HEAD + PRICE + panels * PANEL + DAYS;
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
            root.fill(&WHITE)?;
            let (head, rest) = root.split_vertically(HEAD);
            let (price, rest) = rest.split_vertically(PRICE);
            let (panels, days) = rest.split_vertically(panels * PANEL);
            self.head(&head)?;
            self.price(&price, &self.market.prices()[hours.clone()])?;
            for (panel, (name, outcome)) in
                panels.split_evenly((controllers.len(), 1)).iter().zip(controllers)
            {
                self.panel(panel, name, outcome, hours.clone())?;
            }
            self.days(&days, hours)?;
            root.present()?;
        }
        Ok(svg)
    }

    fn head(&self, area: &Area<'_>) -> Drawn {
        let first = self.market.begins(self.week * WEEK).strftime("%-d %B %Y");
        let title = format!("The water heater in the week of {first}");
        area.draw(&Text::new(title, (64, 10), font(19, INK, HPos::Left)))?;
        let mut left = 64;
        for (name, colour, room) in [
            ("price", COST, 78),
            ("set point", WANTED, 104),
            ("temperature of the tank", WARMTH, 196),
            ("comfort limit", LIMIT, 126),
            ("safe band of set points", FAINT, 192),
            ("no usable answer: fixed set point", INK, 0),
        ] {
            area.draw(&Rectangle::new([(left, 45), (left + 14, 49)], colour.filled()))?;
            area.draw(&Text::new(name, (left + 20, 47), middle(13, INK, HPos::Left)))?;
            left += room;
        }
        Ok(())
    }

    fn price(&self, area: &Area<'_>, prices: &[f64]) -> Drawn {
        let top = prices.iter().copied().fold(0.0, f64::max) * 100.0;
        let mut chart =
            chart(area, "price in pence a kilowatt hour", 0.0..(top / 5.0).ceil() * 5.0, 4)?;
        let steps = stairs(prices.iter().map(|price| price * 100.0));
        chart.draw_series(
            AreaSeries::new(steps, 0.0, COST.mix(0.25)).border_style(COST.stroke_width(1)),
        )?;
        Ok(())
    }

    fn panel(&self, area: &Area<'_>, name: &str, outcome: &Outcome, hours: Range<usize>) -> Drawn {
        let before = hours.start.checked_sub(1).map(|last| &outcome.steps[last]);
        let steps = &outcome.steps[hours];
        let cost: f64 = steps.iter().map(|step| step.price * step.run.heated).sum();
        let title = format!("{name}, in °C: the week costs £{cost:.2}");
        let (band, comfort) = (self.household.band, self.household.comfort);
        let coldest = steps.iter().map(|step| step.run.temperature).fold(comfort, f64::min);
        let (bottom, top) = ((coldest / 5.0).floor() * 5.0 - 3.0, band.highest() + 4.0);
        let mut chart = chart(area, &title, bottom..top, 4)?;
        let week = WEEK as f64;
        chart.draw_series([Rectangle::new(
            [(0.0, band.lowest()), (week, band.highest())],
            FAINT.mix(0.35).filled(),
        )])?;
        chart.draw_series(DashedLineSeries::new(
            [(0.0, comfort), (week, comfort)],
            6,
            4,
            LIMIT.stroke_width(1),
        ))?;
        // A mark at the foot of each half hour in which the heater was on its own.
        let failed = steps.iter().enumerate().filter(|(_, step)| step.reason.is_err());
        chart.draw_series(failed.map(|(at, _)| {
            let at = at as f64;
            Rectangle::new([(at, bottom), (at + 1.0, bottom + 1.6)], INK.filled())
        }))?;
        let ends = before.into_iter().chain(steps).map(|step| step.run.temperature);
        let first = if before.is_some() { 0.0 } else { 1.0 };
        let warmth = ends.enumerate().map(|(at, end)| (at as f64 + first, end));
        chart.draw_series(LineSeries::new(warmth, WARMTH.stroke_width(2)))?;
        let wanted = stairs(steps.iter().map(|step| step.set_point.celsius()));
        chart.draw_series(LineSeries::new(wanted, WANTED.stroke_width(1)))?;
        Ok(())
    }

    fn days(&self, area: &Area<'_>, hours: Range<usize>) -> Drawn {
        let (left, right) = (f64::from(LEFT), f64::from(WIDTH - RIGHT));
        for (at, midnight) in hours.step_by(DAY).enumerate() {
            let middle_of_day = left + (right - left) * (at as f64 + 0.5) / 7.0;
            let day = self.market.begins(midnight).strftime("%A").to_string();
            let place = (middle_of_day.round() as i32, 4);
            area.draw(&Text::new(day, place, font(13, INK, HPos::Center)))?;
        }
        Ok(())
    }
}

const LEFT: u32 = 64;
const RIGHT: u32 = 24;

/// A chart of a week with a title and a line at each midnight.
fn chart<'a, 'b>(
    area: &'b Area<'a>,
    title: &str,
    range: Range<f64>,
    labels: usize,
) -> Result<Chart<'a, 'b>, DrawingAreaErrorKind<std::io::Error>> {
    let title_place = (i32::try_from(LEFT).unwrap_or_default(), 6);
    area.draw(&Text::new(title.to_owned(), title_place, font(14, INK, HPos::Left)))?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(26)
        .margin_bottom(8)
        .margin_right(RIGHT)
        .set_label_area_size(LabelAreaPosition::Left, LEFT)
        .build_cartesian_2d(0.0..WEEK as f64, range.clone())?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_labels(labels)
        .y_label_formatter(&|value| format!("{value:.0}"))
        .label_style(("sans-serif", 12).into_font().color(&INK))
        .axis_style(FAINT)
        .bold_line_style(FAINT)
        .light_line_style(TRANSPARENT)
        .draw()?;
    chart.draw_series((0..=7).map(|day| {
        let at = (day * DAY) as f64;
        PathElement::new([(at, range.start), (at, range.end)], FAINT)
    }))?;
    Ok(chart)
}

/// Values that hold for a half hour each, as a line that goes flat and then jumps.
fn stairs(values: impl Iterator<Item = f64>) -> impl Iterator<Item = (f64, f64)> {
    values.enumerate().flat_map(|(at, value)| [(at as f64, value), (at as f64 + 1.0, value)])
}

fn font(size: u32, colour: RGBColor, across: HPos) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour).pos(Pos::new(across, VPos::Top))
}

fn middle(size: u32, colour: RGBColor, across: HPos) -> TextStyle<'static> {
    font(size, colour, across).pos(Pos::new(across, VPos::Center))
}
