//! Sent forms, after it is sure that they are the visitor's own: a handler that takes a form gets
//! none without its token. It does not know what is in them.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Multipart, Request};
use axum::http::header;

use crate::app::App;
use crate::failure::Failure;
use crate::views::editor::Sent;
use crate::visitor::Visitor;

/// The name of the token's field.
const TOKEN: &str = "csrf";

/// A form of names and values.
#[derive(Clone, Debug)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// What was sent.
    pub(crate) fn sent(&self) -> Sent<'_> {
        Sent(&self.0)
    }

    /// The first value of that name, trimmed.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.sent().get(name)
    }

    /// The first value of that name as it was sent: passwords may begin or end with a space.
    pub(crate) fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// Whether that value was sent under that name.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(n, v)| n == name && v == value)
    }
}

impl FromRequest<Arc<App>> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(Failure::Forged);
        }
        let bytes = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|_| Failure::TooLarge)?;
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
        let form = Self(pairs);
        if visitor.owns(form.get(TOKEN)) { Ok(form) } else { Err(Failure::Forged) }
    }
}

/// An upload: a text that was pasted, or a file.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    /// The name that the browser gives, never used as a path.
    pub(crate) name: String,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
}

impl FromRequest<Arc<App>> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let mut form = Multipart::from_request(request, app).await.map_err(|_| Failure::Forged)?;
        let mut owned = false;
        let (mut file, mut text) = (None, None);
        while let Some(field) = form.next_field().await.map_err(|e| too_large(&e))? {
            let name = field.name().unwrap_or_default().to_owned();
            // The token stands first in our forms: nothing is taken in before it.
            if name != TOKEN && !owned {
                return Err(Failure::Forged);
            }
            let file_name = field.file_name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|e| too_large(&e))?;
            match name.as_str() {
                TOKEN => owned = visitor.owns(std::str::from_utf8(&bytes).unwrap_or_default()),
                "file" if !bytes.is_empty() => {
                    file = Some(Self { name: plain(&file_name), bytes: bytes.to_vec() });
                }
                "text" if !bytes.is_empty() => {
                    text = Some(Self { name: String::new(), bytes: pasted(&bytes) });
                }
                _ => {}
            }
        }
        if !owned {
            return Err(Failure::Forged);
        }
        Ok(file.or(text).unwrap_or(Self { name: String::new(), bytes: Vec::new() }))
    }
}

/// A form sends line ends as CR LF whatever the text had.
fn pasted(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n").into_bytes()
}

/// The last part of a name, without what does not print.
pub(crate) fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn too_large(error: &axum::extract::multipart::MultipartError) -> Failure {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Failure::TooLarge
    } else {
        Failure::Wrong(String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_no_paths() {
        for (name, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\書類\\お知らせ.pdf", "お知らせ.pdf"),
            ("a\u{0}b\n.txt", "ab.txt"),
            ("", ""),
        ] {
            assert_eq!(plain(name), kept);
        }
    }
}
