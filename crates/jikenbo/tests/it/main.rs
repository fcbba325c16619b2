//! The command as its users see it: what it prints, on which stream, and how it ends. It does not
//! judge what the reader reads.

mod book;
mod clocks;
mod contract;
mod ends;
mod inputs;
mod links;
mod live;
mod relay;
mod replay;
mod same_facts;
mod two_thousand;

use std::path::Path;
use std::process::{Command, Output};

/// A release of our own that any reader of disclosures must read.
const RELEASE: &str = "\
2031年4月18日
株式会社あおば堂

不正アクセスによる個人情報漏えいに関するお知らせとお詫び

2031年4月3日9時30分頃、当社が運営する通販サイト「あおばマーケット」のサーバーが第三者による不正アクセスを受けたことが判明いたしました。
お客様の個人情報(氏名、住所、メールアドレス)約12,300件が漏えいした可能性があります。
4月4日に警察へ相談し、4月5日に個人情報保護委員会へ報告いたしました。
再発防止のため、多要素認証を導入いたします。
";

/// `jikenbo` in `folder`.
fn jikenbo(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("jikenbo"));
    command.current_dir(folder);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// Runs `jikenbo` with `args` in `folder`.
fn run(folder: &Path, args: &[&str]) -> Output {
    jikenbo(folder).args(args).output().expect("the command starts")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("the output is UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("the messages are UTF-8")
}

/// The record that `args` print.
fn record(folder: &Path, args: &[&str]) -> case::Record {
    let output = run(folder, &[&["read", "--format", "json"], args].concat());
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}{}", stdout(&output), stderr(&output)))
}
