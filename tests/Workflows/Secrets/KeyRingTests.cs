using System.Security.Cryptography;
using ServiceLoop.TestKit;

namespace ServiceLoop.Workflows.Tests.Secrets;

/// <summary>The key ring in the database, encrypted with a key of the deployment.</summary>
public sealed class KeyRingTests : IAsyncDisposable
{
    private const string Vault =
        """{ "definitionId": "vault", "name": "vault", "inputs": [ { "name": "Pin", "type": "String", "storageDriverType": "ServiceLoop.EncryptedStorageDriver, ServiceLoop" } ], "root": { "id": "root", "type": "Elsa.Sequence", "activities": [ { "id": "W", "type": "Elsa.Event", "eventName": "never" } ] } }""";

    private readonly PostgresFixture postgres = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    [Fact]
    public async Task A_ring_that_lay_open_is_encrypted_rotated_and_refuses_other_keys_with_one_sentence()
    {
        var (first, second) = (NewKey(), NewKey());

        // Without a key it lies open, which is told.
        await using (var server = await StartAsync())
        {
            using var client = await server.ConnectAsync(Ct);
            await client.PublishAsync(Ct, Vault);
            var started = await client.PostJsonAsync(
                "/elsa/api/workflow-definitions/vault/execute",
                """{ "instanceId": "v-1", "input": { "Pin": "open sesame" } }""",
                Ct
            );
            started.IsSuccessStatusCode.ShouldBeTrue();
            server.Output.ShouldContain("Secrets__Key");
            server.Output.ShouldContain("lies open");
        }

        (await RingAsync()).ShouldContain("<masterKey");

        // With one it is encrypted at the start, and all that it encrypted can still be read.
        await RevealsAsync(("Secrets__Key", first));
        (await RingAsync()).ShouldNotContain("<masterKey");

        // A file says the same.
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, first + "\n", Ct);
        await RevealsAsync(("Secrets__KeyFile", file));
        File.Delete(file);

        // The key is changed.
        await RefusedAsync("Secrets:OtherKey", ("Secrets__Key", second));
        await RevealsAsync(("Secrets__Key", second), ("Secrets__OtherKey", first));
        await RevealsAsync(("Secrets__Key", second));
        await RefusedAsync("encrypted with another key", ("Secrets__Key", first));
        await RefusedAsync("Secrets:Key is not set");
    }

    [Theory]
    [InlineData("c2hvcnQ=", "which is too short")]
    [InlineData("no base 64!", "is no Base64")]
    public async Task A_key_that_is_none_is_one_sentence_that_does_not_repeat_it(string key, string sentence)
    {
        await RefusedAsync(sentence, ("Secrets__Key", key));
        await RefusedAsync("is set without", ("Secrets__OtherKey", NewKey()));
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private async Task<ServerProcess> StartAsync(params (string, string?)[] settings) =>
        ServerProcess.Start([("ConnectionStrings__Default", await postgres.AddressAsync(Ct)), .. settings]);

    private async Task RevealsAsync(params (string, string?)[] settings)
    {
        await using var server = await StartAsync(settings);
        using var client = await server.ConnectAsync(Ct);
        var response = await client.PostJsonAsync("/api/instances/v-1/reveal", """{ "what": "inputs/Pin", "reason": "test" }""", Ct);

        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await response.JsonAsync(Ct)).GetProperty("value").GetString().ShouldBe("open sesame");
        server.Output.ShouldNotContain("lies open");
    }

    private async Task RefusedAsync(string sentence, params (string, string?)[] settings)
    {
        await using var server = await StartAsync(settings);

        (await server.ExitAsync(Ct)).ShouldBe(1);
        server.Lines[^1].ShouldContain(sentence);
        server.Output.ShouldNotContain("   at ");

        foreach (var (_, value) in settings)
            server.Output.ShouldNotContain(value!);
    }

    private async Task<string> RingAsync()
    {
        await using var command = (await postgres.OpenAsync(Ct)).CreateCommand("select string_agg(xml, '') from page_key");
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}
