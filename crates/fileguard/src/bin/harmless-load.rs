//! A harmless load as a program, for tests and measurements: `harmless-load NAME FOLDER [SHARE]`. It
//! refuses every folder that was not made for this: see `fileguard::corpus::loads`.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use fileguard::corpus::loads;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder, rest @ ..] = arguments.as_slice() else {
        let _ = writeln!(std::io::stderr(), "harmless-load NAME FOLDER [SHARE]");
        return ExitCode::from(2);
    };
    let share = rest.first().and_then(|words| loads::share(words)).unwrap_or((0, 1));
    match loads::run(name, Path::new(folder), share) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "harmless-load: {error}");
            ExitCode::FAILURE
        }
    }
}
