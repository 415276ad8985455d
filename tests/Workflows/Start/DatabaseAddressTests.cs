using Microsoft.Extensions.Configuration;
using Npgsql;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Tests.Start;

public sealed class DatabaseAddressTests
{
    [Fact]
    public void Without_a_setting_there_is_none()
    {
        DatabaseAddress.Find(Settings(("ConnectionStrings:Default", " "))).ShouldBeNull();
    }

    [Fact]
    public void A_url_is_read_with_its_options()
    {
        var found = DatabaseAddress.Find(Settings(("DATABASE_URL", "postgres://ann:p%40ss@db.example:6432/desk?sslmode=verify-full")));

        var address = new NpgsqlConnectionStringBuilder(found);
        address.Host.ShouldBe("db.example");
        address.Port.ShouldBe(6432);
        address.Username.ShouldBe("ann");
        address.Password.ShouldBe("p@ss");
        address.Database.ShouldBe("desk");
        address.SslMode.ShouldBe(SslMode.VerifyFull);
    }

    [Fact]
    public void A_connection_string_wins_over_a_url()
    {
        var found = DatabaseAddress.Find(Settings(("ConnectionStrings:Default", "Host=one"), ("DATABASE_URL", "postgres://two/x")));

        new NpgsqlConnectionStringBuilder(found).Host.ShouldBe("one");
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build();
}
