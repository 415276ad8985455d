using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Migrations;

namespace ServiceLoop.Runtime.Tests.Postgres;

public sealed class SqlFileTests
{
    [Fact]
    public void Statement_comes_without_its_header()
    {
        SqlFile.Beside<MigrationRunner>("migration_lock.take").ShouldBe("select pg_advisory_lock($1)");
    }

    [Fact]
    public void Unknown_statement_is_refused_with_those_that_exist()
    {
        var error = Should.Throw<FileNotFoundException>(() => SqlFile.Beside<MigrationRunner>("migration_lock.steal"));

        error.Message.ShouldContain("'migration_lock.steal.sql'");
        error.Message.ShouldContain("migration_lock.take.sql");
    }
}
