//! Every style as a row.
