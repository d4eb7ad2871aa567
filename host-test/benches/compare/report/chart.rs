//! Plots, as SVG.

use anyhow::{Result, anyhow};
use plotters::prelude::*;
use std::path::Path;

/// A plot and its file's name, without the ending.
pub(crate) struct Chart {
    pub(crate) file: &'static str,
    pub(crate) title: String,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    /// One bar a contender, on a logarithmic scale from `from` on.
    Bars {
        unit: &'static str,
        bars: Vec<(String, f64)>,
    },
    /// One line a contender, on logarithmic scales.
    Lines {
        across: &'static str,
        up: &'static str,
        lines: Vec<(String, Vec<(f64, f64)>)>,
    },
}

const SIZE: (u32, u32) = (760, 340);
const COLOURS: [RGBColor; 6] = [
    RGBColor(0x55, 0x55, 0x55),
    RGBColor(0x1b, 0x9e, 0x77),
    RGBColor(0x66, 0xc2, 0xa5),
    RGBColor(0xd9, 0x5f, 0x02),
    RGBColor(0x75, 0x70, 0xb3),
    RGBColor(0xe7, 0x29, 0x8a),
];

impl Chart {
    /// Writes the plot into `folder`.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(self.file).with_extension("svg");
        let area = SVGBackend::new(&path, SIZE).into_drawing_area();
        let drawn = area
            .fill(&WHITE)
            .map_err(failed)
            .and_then(|()| match &self.content {
                Content::Bars { unit, bars } => draw_bars(&area, &self.title, unit, bars),
                Content::Lines { across, up, lines } => {
                    draw_lines(&area, &self.title, [across, up], lines)
                }
            });
        drawn.and_then(|()| area.present().map_err(failed))
    }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("cannot draw: {error}")
}

fn draw_bars(area: &Area, title: &str, unit: &str, bars: &[(String, f64)]) -> Result<()> {
    let (least, most) = range(bars.iter().map(|(_, value)| *value));
    let count = i32::try_from(bars.len())?;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 17))
        .margin(12)
        .x_label_area_size(42)
        .y_label_area_size(130)
        .build_cartesian_2d((least..most).log_scale(), 0..count)
        .map_err(failed)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .y_label_formatter(&|_| String::new())
        .x_desc(unit)
        .x_label_formatter(&|value| label(*value))
        .draw()
        .map_err(failed)?;
    for (place, (name, value)) in bars.iter().enumerate() {
        let row = count - 1 - i32::try_from(place)?;
        let colour = COLOURS[place % COLOURS.len()];
        let mut bar = Rectangle::new([(least, row), (*value, row + 1)], colour.filled());
        bar.set_margin(4, 4, 0, 0);
        chart.draw_series([bar]).map_err(failed)?;
        let (_, y) = chart.backend_coord(&(least, row + 1));
        let height = i32::try_from(SIZE.1)? / (count * 3);
        area.draw_text(
            name,
            &("sans-serif", 13).into_text_style(area),
            (12, y + height),
        )
        .map_err(failed)?;
    }
    Ok(())
}

fn draw_lines(
    area: &Area,
    title: &str,
    [across, up]: [&str; 2],
    lines: &[(String, Vec<(f64, f64)>)],
) -> Result<()> {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let (left, right) = range(points().map(|(x, _)| *x));
    let (least, most) = range(points().map(|(_, y)| *y));
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 17))
        .margin(12)
        .x_label_area_size(42)
        .y_label_area_size(70)
        .build_cartesian_2d((left..right).log_scale(), (least..most).log_scale())
        .map_err(failed)?;
    chart
        .configure_mesh()
        .x_desc(across)
        .y_desc(up)
        .x_label_formatter(&|value| label(*value))
        .y_label_formatter(&|value| label(*value))
        .draw()
        .map_err(failed)?;
    for (place, (name, points)) in lines.iter().enumerate() {
        let colour = COLOURS[place % COLOURS.len()];
        let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(3);
        chart
            .draw_series(line)
            .map_err(failed)?
            .label(name)
            .legend(move |(x, y)| Rectangle::new([(x, y - 4), (x + 12, y + 4)], colour.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .draw()
        .map_err(failed)
}

/// A range that holds all values, with some room.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (least, most) = values
        .filter(|value| *value > 0.0)
        .fold((f64::MAX, f64::MIN_POSITIVE), |(least, most), value| {
            (least.min(value), most.max(value))
        });
    if least > most {
        (1.0, 10.0)
    } else {
        (least / 2.0, most * 1.5)
    }
}

fn label(value: f64) -> String {
    if value >= 1.0 {
        format!("{value:.0}")
    } else {
        format!("{value}")
    }
}
