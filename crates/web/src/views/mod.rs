//! The pages: values in, mark-up out, one file a page. They know words and labels in both
//! languages. They do not know requests, and ask nothing of the book.

pub(crate) mod accounts;
pub(crate) mod add;
pub(crate) mod alike;
pub(crate) mod book;
pub(crate) mod case;
pub(crate) mod compare;
pub(crate) mod course;
pub(crate) mod editor;
pub(crate) mod fact;
pub(crate) mod failure;
pub(crate) mod files;
pub(crate) mod layout;
pub(crate) mod live;
pub(crate) mod mail;
pub(crate) mod record;
pub(crate) mod replays;
pub(crate) mod scale;
pub(crate) mod source;
pub(crate) mod sql;
pub(crate) mod statistics;
pub(crate) mod status;
pub(crate) mod timeline;
pub(crate) mod value;
