//! The timeline of the book, by keys and by fingers.

use std::path::PathBuf;

use crate::driver::Browser;
use crate::served::Served;
use crate::start_signed_in;

const ALL: &[&str] = &["examples"];

#[test]
fn the_timeline_moves_by_keys_and_its_address_keeps_the_view() {
    let Some((browser, served)) = start_signed_in("ja", ALL) else { return };
    browser.go(&served.at("/timeline"));
    browser.wait("the whole book", "return document.querySelectorAll('#near a').length > 10");
    let whole = browser.text("#shown");
    browser.eval("document.getElementById('axis').focus()");
    browser.press(&["+", "+", "\u{e014}"]);
    browser.wait(
        "a narrower view in the address and on the page",
        &format!(
            "return location.search.startsWith('?from=') && document.getElementById('shown').textContent !== {}",
            serde_json::json!(whole)
        ),
    );
    let drawn = browser.eval(
        "const axis = document.getElementById('axis');
         const dots = axis.getContext('2d').getImageData(0, 0, axis.width, axis.height).data;
         const colours = new Set();
         for (let at = 0; at < dots.length; at += 4) colours.add(dots.slice(at, at + 3).join());
         return colours.size",
    );
    assert!(drawn.as_u64().is_some_and(|colours| colours > 5), "{drawn} colours are drawn");

    let (address, shown) = (browser.address(), browser.text("#shown"));
    browser.go(&served.at("/"));
    browser.go(&address);
    browser.wait(
        "the same view from the address",
        &format!(
            "return document.getElementById('shown').textContent === {}",
            serde_json::json!(shown)
        ),
    );
    browser.follow("#near a");
    assert!(browser.path().starts_with("/case/"), "{}", browser.path());
    served.was_quiet(&browser, &[]);
}

/// The window in the address, in days: its first and its length.
#[track_caller]
fn window(browser: &Browser) -> (f64, f64) {
    let told = browser.wait(
        "a window in the address",
        "const asked = new URLSearchParams(location.search);
         const [from, to] = ['from', 'to'].map((name) => Date.parse(asked.get(name)) / 86400000);
         return from < to && [from, to - from];",
    );
    (told[0].as_f64().expect("a day"), told[1].as_f64().expect("a length"))
}

/// Touches the canvas at these shares of its width, and waits for another window in the address.
#[track_caller]
fn touched(browser: &Browser, fingers: &[&[f64]]) -> (f64, f64) {
    let canvas = browser.eval(
        "const axis = document.getElementById('axis');
         axis.scrollIntoView({ block: 'center', behavior: 'instant' });
         const box = axis.getBoundingClientRect();
         return [box.left, box.width, box.top + box.height / 2];",
    );
    let [left, width, middle] = [0, 1, 2].map(|at| canvas[at].as_f64().expect("a length"));
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a page")]
    let place = |share: &f64| ((left + share * width) as i64, middle as i64);
    let paths: Vec<Vec<(i64, i64)>> =
        fingers.iter().map(|path| path.iter().map(place).collect()).collect();
    let paths: Vec<&[(i64, i64)]> = paths.iter().map(Vec::as_slice).collect();
    let before = browser.eval("return location.search");
    browser.touch(&paths);
    browser.wait("another window", &format!("return location.search !== {before}"));
    window(browser)
}

fn near(is: f64, wanted: f64, within: f64) -> bool {
    (is - wanted).abs() <= within
}

#[test]
fn fingers_drag_and_pinch_the_timeline() {
    let Some((browser, served)) = start_signed_in("ja", ALL) else { return };
    for width in [1280, 390] {
        browser.wide(width);
        browser.go(&served.at("/timeline?from=2022-01-01&to=2024-01-01"));
        browser.see("#near a");
        let (first, length) = window(&browser);

        // One finger takes the day under it along.
        let (dragged, same) = touched(&browser, &[&[0.8, 0.6, 0.4]]);
        assert!(near(same, length, 2.0), "{same} of {length}");
        assert!(near(dragged, first + 0.4 * length, 0.03 * length), "{dragged} after {first}");

        // Two fingers that part zoom in around what is between them.
        let (_, narrow) = touched(&browser, &[&[0.4, 0.3, 0.2], &[0.6, 0.7, 0.8]]);
        assert!(near(narrow, length / 3.0, 0.06 * length), "{narrow} of {length}");

        // Two that close in zoom out again, and two side by side move the window without zooming.
        let (there, wide) = touched(&browser, &[&[0.2, 0.3, 0.4], &[0.8, 0.7, 0.6]]);
        assert!(near(wide, length, 0.1 * length), "{wide} of {length}");
        assert!(near(there, dragged, 0.1 * length), "{there} after {dragged}");
        let (moved, kept) = touched(&browser, &[&[0.6, 0.5, 0.4], &[0.8, 0.7, 0.6]]);
        assert!(near(kept, wide, 0.06 * length), "{kept} of {wide}");
        assert!(near(moved, there + 0.2 * length, 0.08 * length), "{moved} after {there}");
        assert_eq!(browser.path().split('?').next(), Some("/timeline"), "no case was opened");
    }
    served.was_quiet(&browser, &[]);
}

#[test]
fn a_tap_opens_the_case_under_the_finger() {
    let Some((browser, served)) = start_signed_in("ja", &["examples/11-ddos-bus.txt"]) else {
        return;
    };
    browser.go(&served.at("/timeline"));
    browser.see("#near a");
    // Where the disclosure of the only case is drawn: the middle of the last filled dots.
    let drawn = browser.wait(
        "a case on the canvas",
        "const axis = document.getElementById('axis');
         const [width, height] = [axis.width, axis.height - 40];
         const dots = axis.getContext('2d').getImageData(0, 0, width, height).data;
         const style = getComputedStyle(document.documentElement);
         const rgb = (name) => style.getPropertyValue(name).trim();
         const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
         const wanted = ['--red', '--amber', '--blue', '--green'].map((name) => {
           pen.fillStyle = rgb(name);
           pen.fillRect(0, 0, 1, 1);
           return pen.getImageData(0, 0, 1, 1).data.slice(0, 3).join();
         });
         let last = null;
         for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
           const at = (y * width + x) * 4;
           if (wanted.includes(dots.slice(at, at + 3).join()) && (!last || x > last[0])) last = [x, y];
         }
         if (!last) return null;
         const box = axis.getBoundingClientRect();
         return [box.left + last[0] - 3, box.top + last[1]];",
    );
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a page")]
    let [x, y] = [0, 1].map(|at| drawn[at].as_f64().expect("a place") as i64);
    browser.eval("window.before = true");
    browser.touch(&[&[(x, y)]]);
    browser.arrived();
    assert_eq!(browser.path(), "/case/2025-001");
    served.was_quiet(&browser, &[]);
}

/// Notes how long each frame takes to come, from here on.
const WATCH: &str = "window.frames = [];
    performance.clearResourceTimings();
    window.watched = (window.watched || 0) + 1;
    const mine = window.watched;
    let last = performance.now();
    const next = (now) => {
      if (window.watched !== mine) return; window.frames.push(now - last); last = now; requestAnimationFrame(next); };
    requestAnimationFrame(next);";

/// What was noted: of frames and of answers the middle one, the slowest in a hundred, the slowest.
const NOTED: &str = "const told = (all) => {
      all.sort((one, other) => one - other);
      const within = (share) => (all[Math.ceil(all.length * share) - 1] || 0).toFixed(1);
      return `${all.length}, p50 ${within(0.5)}, p99 ${within(0.99)}, most ${within(1)}`;
    };
    const answers = performance.getEntriesByType('resource').filter((one) => one.name.includes('/api/timeline'));
    const long = window.frames.filter((ms) => ms > 50).length;
    return `frames, ms: ${told(window.frames)}; longer than 50 ms: ${long}\\n` +
      `  answers, ms: ${told(answers.map((one) => one.duration))}\\n` +
      `  answers, bytes: ${told(answers.map((one) => one.encodedBodySize))}`";

#[test]
#[ignore = "measures: JIKENBO_LARGE_BOOK names the folder of a book without accounts"]
fn how_smoothly_a_large_book_moves() {
    let folder = std::env::var_os("JIKENBO_LARGE_BOOK").expect("JIKENBO_LARGE_BOOK names a folder");
    let (browser, served) = (Browser::open("ja"), Served::over(&PathBuf::from(folder)));
    let open = |from: &str, to: &str| {
        browser.go(&served.at(&format!("/timeline?from={from}&to={to}")));
        browser.wait("cases", "return document.getElementById('shown').textContent.includes('件')");
    };
    open("2008-01-01", "2026-01-01");
    let canvas = browser.eval(
        "const box = document.getElementById('axis').getBoundingClientRect();
         return [box.left, box.width, box.top + box.height / 2];",
    );
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a page")]
    let place = |share: f64| {
        let [left, width, middle] = [0, 1, 2].map(|at| canvas[at].as_f64().expect("a length"));
        ((left + share * width) as i64, middle as i64)
    };
    let path = |from: f64, to: f64| -> Vec<(i64, i64)> {
        (0..=40).map(|at| place(from + (to - from) * f64::from(at) / 40.0)).collect()
    };
    for (from, to) in
        [("2008-01-01", "2026-01-01"), ("2016-01-01", "2016-07-01"), ("2016-03-01", "2016-03-21")]
    {
        for (what, fingers) in
            [("dragged", vec![path(0.8, 0.2)]), ("pinched", vec![path(0.45, 0.2), path(0.55, 0.8)])]
        {
            open(from, to);
            let shown = browser.text("#shown");
            let fingers: Vec<&[(i64, i64)]> = fingers.iter().map(Vec::as_slice).collect();
            browser.eval(WATCH);
            browser.touch(&fingers);
            println!("{shown}, {what}: {}", browser.eval(NOTED).as_str().unwrap_or_default());
            browser.wait(
                "other cases",
                &format!(
                    "return document.getElementById('shown').textContent !== {}",
                    serde_json::json!(shown)
                ),
            );
        }
    }
}
