using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Runtime.Tests.Postgres;

public sealed class SqlFileTests
{
    [Fact]
    public void Statement_comes_without_its_header()
    {
        SqlFile.Beside<StartLock>("start_lock.take").ShouldBe("select pg_advisory_lock($1)");
    }

    [Fact]
    public void Unknown_statement_is_refused_with_those_that_exist()
    {
        var error = Should.Throw<FileNotFoundException>(() => SqlFile.Beside<StartLock>("start_lock.steal"));

        error.Message.ShouldContain("'start_lock.steal.sql'");
        error.Message.ShouldContain("start_lock.take.sql");
    }
}
