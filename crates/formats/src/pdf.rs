//! PDF to text: hayro interprets the pages, our device takes each glyph's place and character. What
//! a line is, is [`crate::layout`]'s affair; this file does not know it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use case::MediaType;
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use hayro_syntax::page::Page;
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use text::Limits;

use crate::layout::{self, Place};
use crate::{Document, FormatError};

/// Drawing operations that one page may have. Real pages have some ten thousand; a form that draws
/// itself through fifty levels has more than can be counted.
const OPERATIONS_PER_PAGE: usize = 2_000_000;
/// What a clip by any shape counts for. Each form starts with one, and takes as long as many paths.
const CLIP_OPERATIONS: usize = 20;

/// Reads a PDF to its text, page after page.
pub(crate) fn decode(bytes: Vec<u8>, limits: &Limits) -> Result<Document, FormatError> {
    check_end(&bytes)?;
    // hayro is young and its input hostile: a panic of its, on a page that no test of ours or of
    // theirs has, must be an error for one file and not the end of a run over thousands.
    catch_unwind(AssertUnwindSafe(|| read(bytes, limits))).unwrap_or_else(|panic| {
        match panic.downcast::<Exhausted>() {
            Ok(exhausted) => {
                Err(FormatError::PdfTooComplex { page: exhausted.page, limit: OPERATIONS_PER_PAGE })
            }
            Err(_) => Err(FormatError::PdfDamaged("a page that the interpreter fails on")),
        }
    })
}

/// A file that was cut off has objects after its last end-of-file mark, or no mark.
fn check_end(bytes: &[u8]) -> Result<(), FormatError> {
    let at = memchr::memmem::rfind(bytes, b"%%EOF").map_or(0, |at| at + 5);
    let rest = &bytes[at..];
    if at == 0 || memchr::memmem::find(rest, b" obj").is_some() {
        return Err(FormatError::PdfTruncated { at, bytes: bytes.len() });
    }
    Ok(())
}

fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Document, FormatError> {
    let pdf = Pdf::new(bytes).map_err(load_error)?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(FormatError::PdfDamaged("no pages"));
    }
    if pages.len() > limits.pages {
        return Err(FormatError::TooManyPages { pages: pages.len(), limit: limits.pages });
    }
    let cache = InterpreterCache::new();
    let mut out = String::new();
    let (mut glyphs, mut unmapped, mut first_unmapped) = (0, 0, 0);
    for (index, page) in pages.iter().enumerate() {
        let mut collector = Collector::new(index + 1);
        collect(page, &pdf, &cache, &mut collector);
        glyphs += collector.glyphs;
        if collector.unmapped > 0 && unmapped == 0 {
            first_unmapped = index + 1;
        }
        unmapped += collector.unmapped;
        let (width, height) = page.render_dimensions();
        let before = out.len();
        layout::write(&collector.text, collector.places, (width, height), &mut out);
        if out.len() > before && !out.ends_with('\n') {
            out.push('\n');
        }
        if out.len() > limits.text_bytes {
            return Err(FormatError::TextTooLarge {
                kind: MediaType::Pdf,
                limit: limits.text_bytes,
            });
        }
    }
    if unmapped * 3 > glyphs {
        return Err(FormatError::PdfUnmapped { unmapped, glyphs, page: first_unmapped });
    }
    if out.trim().is_empty() {
        return Err(FormatError::PdfNoText { pages: pages.len() });
    }
    Ok(Document { media_type: MediaType::Pdf, text: out, parts: Vec::new() })
}

fn load_error(error: LoadPdfError) -> FormatError {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            FormatError::PdfEncrypted("it needs a password")
        }
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => {
            FormatError::PdfEncrypted("by an algorithm that cannot be read")
        }
        LoadPdfError::Decryption(_) => {
            FormatError::PdfEncrypted("and its encryption entry is damaged")
        }
        LoadPdfError::Invalid => FormatError::PdfDamaged("no readable table of objects or pages"),
    }
}

fn collect<'a>(
    page: &Page<'a>,
    pdf: &'a Pdf,
    cache: &InterpreterCache<'a>,
    collector: &mut Collector,
) {
    let (width, height) = page.render_dimensions();
    let transform = Affine::new(page.initial_transform(true).as_coeffs());
    let mut context = Context::new(
        transform,
        Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
        cache,
        pdf.xref(),
        InterpreterSettings::default(),
    );
    interpret_page(page, &mut context, collector);
}

/// Thrown out of the interpreter, which has no other way to be stopped. It is thrown past the panic
/// hook, so nothing is printed.
struct Exhausted {
    page: usize,
}

/// A device that draws nothing and notes where each glyph stands.
struct Collector {
    page: usize,
    operations: usize,
    glyphs: usize,
    unmapped: usize,
    text: String,
    places: Vec<Place>,
}

impl Collector {
    fn new(page: usize) -> Self {
        Self {
            page,
            operations: 0,
            glyphs: 0,
            unmapped: 0,
            text: String::new(),
            places: Vec::new(),
        }
    }

    fn count(&mut self, operations: usize) {
        self.operations += operations;
        if self.operations > OPERATIONS_PER_PAGE {
            resume_unwind(Box::new(Exhausted { page: self.page }));
        }
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, transform: Affine, is_vertical: bool) {
        let start = self.text.len();
        self.glyphs += 1;
        match glyph.as_unicode() {
            // Adobe's table of Japanese characters has a combining tilde where the key `~` is meant.
            Some(BfString::Char('\u{303}')) => self.text.push('~'),
            Some(BfString::Char(character)) => self.text.push(character),
            Some(BfString::String(string)) => self.text.push_str(&string),
            None => {
                self.unmapped += 1;
                self.text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        // Variants of a character are one character to a reader; Adobe's table names them apart.
        while self
            .text
            .ends_with(|c| matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'))
        {
            self.text.pop();
        }
        // Characters that are nothing on paper, and control codes that some maps give to spaces.
        let shown = self.text[start..].chars().any(|c| !c.is_control() && c != '\u{feff}');
        let origin = transform * Point::ZERO;
        let along = transform * Point::new(1000.0, 0.0) - origin;
        let up = transform * Point::new(0.0, 1000.0) - origin;
        let size = up.hypot();
        let is_upright = along.y.abs() <= along.x.abs() * 0.2 && along.x > 0.0;
        if !shown || !is_upright || !size.is_finite() || size <= 0.0 {
            self.text.truncate(start);
            return;
        }
        let advance = match glyph {
            Glyph::Outline(outline) => outline.advance_width(),
            Glyph::Type3(type3) => type3.advance_width(),
        };
        let ems = advance.map_or(0.5, |advance| f64::from(advance) / 1000.0).clamp(0.0, 4.0);
        self.places.push(Place::new(start, self.text.len(), origin, size, ems, is_vertical));
    }
}

impl<'a> Device<'a> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        self.count(run.glyphs().len() + 1);
        let is_vertical = run.writing_mode() == WritingMode::Vertical;
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform(), is_vertical);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.count(1);
    }

    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {
        self.count(1);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.count(CLIP_OPERATIONS);
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.count(1);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.count(1);
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.count(1);
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
