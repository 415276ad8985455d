using Microsoft.Extensions.Configuration;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Tests.Start;

public sealed class SettingFilesTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public SettingFilesTests() => File.WriteAllText(file, "the value\r\n");

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("Secrets:KeyFile", "Secrets:Key")]
    [InlineData("ConnectionStrings:DefaultFile", "ConnectionStrings:Default")]
    [InlineData("People:Admin:PasswordFile", "People:Admin:Password")]
    [InlineData("SECRETS:KEYFILE", "Secrets:Key")]
    [InlineData("DATABASE_URL_FILE", "DATABASE_URL")]
    public void A_setting_may_lie_in_a_file(string name, string setting) => Read((name, file))[setting].ShouldBe("the value");

    [Theory]
    [InlineData("SSL_CERT_FILE")]
    [InlineData("HISTFILE")]
    [InlineData("Logging:SomeFile")]
    [InlineData("Section:File")]
    public void What_only_looks_like_one_is_left_alone(string name) =>
        Read((name, "/there/is/no/such/file")).AsEnumerable().Count(s => s.Value is not null).ShouldBe(1);

    [Fact]
    public void A_file_that_cannot_be_read_and_a_setting_that_is_given_twice_are_named()
    {
        Should
            .Throw<StartException>(() => Read(("Secrets:KeyFile", "/there/is/no/such/file")))
            .Message.ShouldContain("The file that Secrets:KeyFile names, '/there/is/no/such/file', cannot be read");
        Should
            .Throw<StartException>(() => Read(("Secrets:KeyFile", file), ("Secrets:Key", "x")))
            .Message.ShouldBe("Both Secrets:Key and Secrets:KeyFile are set. Leave one of them out.");
    }

    [Fact]
    public void A_record_of_settings_takes_values_from_files()
    {
        File.WriteAllText(file, "7");

        Read(("Retention:FinishedDaysFile", file)).ReadSection<Sample>("Retention").FinishedDays.ShouldBe(7);
    }

    private static IConfigurationRoot Read(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Name, s.Value)))
            .AddSettingFiles()
            .Build();

    private sealed record Sample
    {
        public int FinishedDays { get; init; }
    }
}
