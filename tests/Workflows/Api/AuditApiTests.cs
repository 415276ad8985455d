using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Tests.Api;

public sealed class AuditApiTests(AuditApiTests.House house) : IClassFixture<AuditApiTests.House>
{
    private static readonly Actor Ann = new(ActorKind.Person, "p1", "ann") { Address = "192.0.2.7" };
    private readonly HttpClient client = house.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A server whose audit log is guarded, and a client with a key for everything.</summary>
    public sealed class House : IAsyncLifetime
    {
        private const string Key = "a-bootstrap-key-of-these-tests-only-0123456789";
        private readonly TestServer server = new();
        private WebApplicationFactory<Program> node = null!;

        public HttpClient Client { get; private set; } = null!;

        public IServiceProvider Services => node.Services;

        public async ValueTask InitializeAsync()
        {
            node = (await server.NodeAsync(Ct)).WithWebHostBuilder(host =>
                host.UseSetting("People:BootstrapKey", Key)
                    .ConfigureTestServices(services =>
                        services.AddSingleton(p => new AuditLog(
                            p.GetRequiredService<NpgsqlDataSource>(),
                            ActivatorUtilities.CreateInstance<GuardedAccess>(p)
                        ))
                    )
            );
            Client = node.CreateClient();
            Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", Key);
        }

        public async ValueTask DisposeAsync()
        {
            await node.DisposeAsync();
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Entries_are_listed_page_by_page_and_one_by_one()
    {
        var subject = await WriteAsync(5);

        var first = await GetAsync($"/api/audit?subject={subject}&take=3");
        var second = await GetAsync($"/api/audit?subject={subject}&take=3&before={first.GetProperty("next")}");
        var all = first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).ToList();

        all.Count.ShouldBe(5);
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        all.Select(e => e.GetProperty("number").GetInt64()).ShouldBeInOrder(SortDirection.Descending);
        var one = await GetAsync($"/api/audit/{all[0].GetProperty("number")}");
        one.GetProperty("actor").GetString().ShouldBe("ann");
        one.GetProperty("address").GetString().ShouldBe("192.0.2.7");
        one.GetProperty("end").GetString().ShouldBe("Done");
        one.GetProperty("before").GetProperty("version").GetString().ShouldBe("1");
        one.GetProperty("after").GetProperty("version").GetString().ShouldBe("2");
        one.GetProperty("hash").GetString()!.Length.ShouldBe(64);
    }

    [Fact]
    public async Task Filters_limit()
    {
        var subject = await WriteAsync(1);

        (await CountAsync($"subject={subject}&actor=ANN&action=definition.publish&end=done&text=definitions")).ShouldBe(0, "no text of it");
        (await CountAsync($"subject={subject}&actor=ANN&action=definition.publish&end=done&text=192.0")).ShouldBe(1);
        (await CountAsync($"subject={subject}&end=denied")).ShouldBe(0);
        (await CountAsync($"subject={subject}&to=2020-01-01T00:00:00Z")).ShouldBe(0);
        (await CountAsync($"subject={subject}&from=2020-01-01T00:00:00Z")).ShouldBe(1);
    }

    [Theory]
    [InlineData("/api/audit?end=over", "filter.value")]
    [InlineData("/api/audit?end=1", "filter.value")]
    [InlineData("/api/audit?from=yesterday", "http.bad-request")]
    [InlineData("/api/audit/export?format=xlsx", "filter.value")]
    [InlineData("/api/audit/verify?expect=5", "audit.expect")]
    public async Task What_cannot_be_understood_is_refused(string address, string code)
    {
        using var answer = await client.GetAsync(address, Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task An_entry_that_is_not_there_is_told()
    {
        using var answer = await client.GetAsync("/api/audit/999999999", Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_export_is_a_file_and_stands_in_the_log()
    {
        var subject = await WriteAsync(3);

        using var answer = await client.GetAsync($"/api/audit/export?subject={subject}&format=csv", Ct);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        answer.Content.Headers.ContentDisposition!.FileName.ShouldNotBeNull().ShouldEndWith(".csv");
        var lines = (await answer.Content.ReadAsStringAsync(Ct)).TrimEnd().Split("\r\n");
        lines.Length.ShouldBe(4);
        lines.Skip(1).ShouldAllBe(line => line.Contains(subject));
        (await CountAsync($"action=audit.export&text={subject}")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_check_names_the_end_that_can_be_kept()
    {
        await WriteAsync(3);

        var first = await GetAsync("/api/audit/verify");
        var kept = first.GetProperty("last").GetString()!;
        var second = await GetAsync($"/api/audit/verify?expect={kept}");
        var wrong = await GetAsync($"/api/audit/verify?expect=1:{new string('0', 64)}");

        first.GetProperty("isSound").GetBoolean().ShouldBeTrue();
        second.GetProperty("isSound").GetBoolean().ShouldBeTrue();
        second.GetProperty("entries").GetInt64().ShouldBeGreaterThan(first.GetProperty("entries").GetInt64(), "each check is an entry");
        wrong.GetProperty("isSound").GetBoolean().ShouldBeFalse();
        wrong.GetProperty("break").GetProperty("fault").GetString().ShouldBe("NotAsKept");
        wrong.GetProperty("break").GetProperty("number").GetInt64().ShouldBe(1);
    }

    /// <summary>Writes entries about a subject of their own.</summary>
    private async Task<string> WriteAsync(int count)
    {
        var subject = Guid.NewGuid().ToString("N");
        var trail = house.Services.GetRequiredService<IAuditTrail>();
        var deed = new Deed(Permissions.DefinitionsPublish, "definition.publish", subject) { Before = Facts.Of(("version", "1")) };

        for (var n = 0; n < count; n++)
            await trail.WriteAsync(new(Ann, deed, DeedEnd.Done, 0, Facts.Of(("version", "2")), null), Ct);

        trail.ShouldBeOfType<AuditTrail>();
        return subject;
    }

    private async Task<JsonElement> GetAsync(string address) => await client.GetFromJsonAsync<JsonElement>(address, Ct);

    private async Task<int> CountAsync(string query) => (await GetAsync($"/api/audit?{query}")).GetProperty("items").GetArrayLength();
}
