//! Grammars of what is written by rule rather than by word: dates, times, periods, counts. They
//! read folded text (see [`text::Folded`]) and do not know what is dated or counted.
