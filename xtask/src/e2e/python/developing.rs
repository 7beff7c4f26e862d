//! `puremixc dev`: the guide's blocks, and saves of Python that count at once.

use crate::e2e::Builder;
use crate::e2e::check::Checks;
use puremix_tests::Dev;
use std::path::Path;

pub fn check(checks: &mut Checks, builder: &Builder, app: &Path, environment: &Path) -> Result<(), String> {
    let dev = Dev::start_with(&builder.puremixc, app, |command| {
        command.env("PUREMIX_HOME", &builder.home).env("PYTHON_PATH", environment);
    })?;
    super::guide::check(checks, &dev.server);
    super::protocol::check(checks, &dev.server);
    let mut client = dev.client();
    checks.page("the page before", client.get("/own"), 200, &["<p id=\"found\">8 3 15 11</p>", "<p id=\"page\">6</p>"]);
    dev.edit("app/services/lib/maths.py", "return x * 2", "return x * 20");
    dev.wait_for("reload")?;
    checks.page("a module that changed", client.get("/own"), 200, &["<p id=\"found\">80 3 15 11</p>"]);
    dev.edit("app/routes/own.puremix", "return math.fsum(numbers)", "return math.fsum(numbers) + 100");
    dev.wait_for("reload")?;
    checks.page("a block that changed", client.get("/own"), 200, &["<p id=\"page\">106</p>"]);
    dev.edit("app/services/lib/maths.py", "def double(x):", "def double(x:");
    let report = dev.wait_for("error")?.to_string();
    checks.that("an error is shown with its place", report.contains("PMX0401") && report.contains("app/services/lib/maths.py"));
    dev.edit("app/services/lib/maths.py", "def double(x:", "def double(x):");
    dev.wait_for("reload")?;
    dev.write("app/services/more.py", "def sum_of_squares(*n):\n    return sum(x * x for x in n)\n");
    dev.edit("app/routes/own.puremix", "await triple(5)", "await sum_of_squares(2, 3)");
    dev.settle(std::time::Duration::from_millis(500));
    checks.page("a function that is new", client.get("/own"), 200, &["<p id=\"found\">80 3 13 11</p>"]);
    Ok(())
}
