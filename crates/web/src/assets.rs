//! The files that pages need beside their mark-up: one style sheet and a few small scripts, held in
//! the binary. Each is served under a name with a hash of its content, so that a browser may keep it
//! for a year and never shows a page of one version with the style of another.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// One file of the binary.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: &[Asset] = &[
    Asset { name: "style.css", media_type: STYLE, bytes: include_bytes!("../assets/style.css") },
    Asset { name: "pages.css", media_type: STYLE, bytes: include_bytes!("../assets/pages.css") },
    Asset { name: "book.js", media_type: SCRIPT, bytes: include_bytes!("../assets/book.js") },
    Asset { name: "case.js", media_type: SCRIPT, bytes: include_bytes!("../assets/case.js") },
    Asset { name: "replays.js", media_type: SCRIPT, bytes: include_bytes!("../assets/replays.js") },
    Asset { name: "add.js", media_type: SCRIPT, bytes: include_bytes!("../assets/add.js") },
    Asset {
        name: "timeline.js",
        media_type: SCRIPT,
        bytes: include_bytes!("../assets/timeline.js"),
    },
    Asset {
        name: "mark.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!("../assets/mark.svg"),
    },
];

/// The names with the hashes, in the order of [`ASSETS`].
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let hashed = |asset: &Asset| {
        let digest = Sha256::digest(asset.bytes);
        let hash = crate::secret::hex(&digest[..6]);
        let (stem, ending) = asset.name.split_once('.').unwrap_or((asset.name, ""));
        format!("{stem}.{hash}.{ending}")
    };
    ASSETS.iter().map(hashed).collect()
});

/// Where a page finds the file called `name`.
///
/// # Panics
/// Where there is no such file: a typing error in a view, met by the first test that shows it.
pub(crate) fn path(name: &str) -> String {
    let at = ASSETS.iter().position(|asset| asset.name == name).expect("a file of the binary");
    format!("/assets/{}", NAMES[at])
}

/// `GET /assets/{name}`: the name is looked up in the list above and never becomes a path.
pub(crate) async fn serve(Path(name): Path<String>) -> Response {
    match NAMES.iter().position(|known| *known == name) {
        Some(at) => {
            let asset = &ASSETS[at];
            let headers = [
                (CONTENT_TYPE, asset.media_type),
                (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, asset.bytes).into_response()
        }
        None => Failure::NotFound.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_the_hash_of_the_content() {
        let name = path("style.css");
        let hash = name.strip_prefix("/assets/style.").and_then(|n| n.strip_suffix(".css"));
        assert_eq!(hash.map(str::len), Some(12), "{name}");
    }

    #[test]
    fn nothing_is_asked_of_another_machine() {
        for asset in ASSETS {
            let text = String::from_utf8_lossy(asset.bytes);
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http:") && !text.contains("https:"), "{}", asset.name);
        }
    }
}
