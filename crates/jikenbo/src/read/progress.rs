//! A bar on standard error while the work is long. It does not know what the work is.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work shorter than this is done without a bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// The bar, if there is one to show. Clones show the same bar.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    shown: Option<Arc<Shown>>,
}

#[derive(Debug)]
struct Shown {
    bar: ProgressBar,
    since: Instant,
    visible: AtomicBool,
}

impl Progress {
    /// A bar over `total_bytes`, where standard error is a terminal and standard output is not: on
    /// one and the same terminal the cases themselves show how far the work is.
    pub(crate) fn new(total_bytes: u64) -> Self {
        let wanted = io::stderr().is_terminal() && !io::stdout().is_terminal();
        let shown = wanted.then(|| {
            let bar =
                ProgressBar::with_draw_target(Some(total_bytes), ProgressDrawTarget::hidden());
            if let Ok(style) =
                ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}")
            {
                bar.set_style(style);
            }
            Arc::new(Shown { bar, since: Instant::now(), visible: AtomicBool::new(false) })
        });
        Self { shown }
    }

    /// So many bytes more are read.
    pub(crate) fn advance(&self, bytes: u64) {
        let Some(shown) = &self.shown else { return };
        shown.bar.inc(bytes);
        if shown.since.elapsed() > PATIENCE && !shown.visible.swap(true, Ordering::Relaxed) {
            shown.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Writes a line to standard error without tearing the bar.
    pub(crate) fn aside(&self, line: &str) {
        match &self.shown {
            Some(shown) => shown.bar.suspend(|| super::complain(line)),
            None => super::complain(line),
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(shown) = &self.shown {
            shown.bar.finish_and_clear();
        }
    }
}
