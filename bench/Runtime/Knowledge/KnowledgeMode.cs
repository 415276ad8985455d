using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.Knowledge;

namespace ServiceLoop.Runtime.Bench.Knowledge;

/// <summary>
/// Searches many articles, beside the least that PostgreSQL must do for it: the postings of the same terms added up; and takes in contacts, beside the bare
/// insert of as many rows.
/// </summary>
internal sealed class KnowledgeMode : IBenchMode
{
    private const int TermsOfQuestion = 12;
    private const int Vocabulary = 20_000;

    private static readonly string Fill = SqlFile.Beside<KnowledgeMode>("knowledge.fill");
    private static readonly string Least = SqlFile.Beside<KnowledgeMode>("knowledge.least");
    private static readonly string Settle = SqlFile.Beside<KnowledgeMode>("knowledge.settle");
    private static readonly string BareContact = SqlFile.Beside<KnowledgeMode>("contact.insert");

    public string Name => "knowledge";

    public string Usage => "[--articles 20000] [--searches 400] [--contacts 2000] [--callers 8]: searches knowledge and takes in contacts";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var articles = arguments.Number("articles", 20_000);
        await using var server = await BenchServer.StartAsync(ct);
        await server.Database.FillAsync(Fill, ct, articles, Vocabulary);
        await server.Database.FillAsync(Settle, ct);
        await using var tuned = DeskServices.Tuned(server);
        await using var services = DeskServices.On(tuned);
        Console.WriteLine(
            $"{await server.DescribeAsync(ct)}. {articles} published articles of 60 terms, questions of {TermsOfQuestion}. Load at the start: {Machine.Load()}.\n"
        );
        await SearchAsync(services, tuned, arguments.Number("searches", 400), ct);
        await TakeInAsync(services, tuned, arguments.Number("contacts", 2000), arguments.Number("callers", 8), ct);
    }

    private static async Task SearchAsync(ServiceProvider services, NpgsqlDataSource tuned, int searches, CancellationToken ct)
    {
        var search = services.GetRequiredService<KnowledgeSearch>();
        var (mine, least) = (new Latencies(), new Latencies());
        var (own, bare) = (mine.Part(), least.Part());
        var random = new Random(7);
        var found = 0;
        await using var connection = await tuned.OpenConnectionAsync(ct);

        for (var i = -20; i < searches; i++)
        {
            // As words are: few are frequent, most are rare.
            var terms = Enumerable
                .Range(0, TermsOfQuestion)
                .Select(_ => $"t{(int)(Math.Pow(random.NextDouble(), 4) * Vocabulary)}")
                .Distinct(StringComparer.Ordinal)
                .ToArray();
            var started = Stopwatch.GetTimestamp();
            var answers = await search.RecommendAsync(new() { Text = string.Join(' ', terms), Language = "en" }, 5, ct);
            var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            started = Stopwatch.GetTimestamp();
            await using var command = new NpgsqlCommand(Least, connection) { Parameters = { Arg.Texts(terms), Arg.Text("en") } };
            await command.ExecuteNonQueryAsync(ct);

            // The first ones warm up.
            if (i < 0)
                continue;

            bare.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            own.Add(time);
            found += answers.Count > 0 ? 1 : 0;
        }

        var (a, b) = (mine.Sorted(), least.Sorted());
        Console.WriteLine("| searches | found | search p50 ms | p95 ms | p99 ms | least p50 ms | p95 ms | p99 ms | search/least, p95 |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {searches} | {found} | {Latencies.Cells(a)} | {Latencies.Cells(b)} | {Latencies.Percentile(a, 0.95) / Latencies.Percentile(b, 0.95):0.0} |\n"
            )
        );
    }

    private static async Task TakeInAsync(ServiceProvider services, NpgsqlDataSource tuned, int contacts, int callers, CancellationToken ct)
    {
        var intake = services.GetRequiredService<IntakeDesk>();
        var rates = new Dictionary<string, List<double>> { ["intake"] = [], ["insert"] = [] };

        // In turn, so that both see the same machine.
        for (var round = 0; round < 3; round++)
        {
            rates["intake"].Add(await RateAsync(contacts, callers, (i, token) => TakeAsync(intake, $"{round}-{i}", token), ct));
            rates["insert"].Add(await RateAsync(contacts, callers, (i, token) => InsertAsync(tuned, $"{round}-{i}", token), ct));
        }

        var (mine, bare) = (Latencies.Median(rates["intake"]), Latencies.Median(rates["insert"]));
        Console.WriteLine("| contacts | callers | contacts/s by the intake | rows/s by a bare insert | intake/insert |");
        Console.WriteLine("|---:|---:|---:|---:|---:|");
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"| {contacts} | {callers} | {mine:0} | {bare:0} | {mine / bare:0.00} |")
        );
    }

    private static async Task<double> RateAsync(int count, int callers, Func<int, CancellationToken, Task> call, CancellationToken ct)
    {
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, callers)
                .Select(async _ =>
                {
                    for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                        await call(i, ct);
                })
        );
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static Task TakeAsync(IntakeDesk intake, string key, CancellationToken ct) =>
        intake.ReceiveAsync(
            "web",
            new(
                JsonSerializer.SerializeToElement(
                    new
                    {
                        submissionId = key,
                        email = $"c{key}@example.org",
                        subject = "My order",
                        message = "My order AB-12345 has not arrived yet. Please tell me what happened, and when it will be here.",
                    }
                ),
                null,
                []
            ),
            ct
        );

    private static async Task InsertAsync(NpgsqlDataSource database, string key, CancellationToken ct)
    {
        await using var command = database.CreateCommand(BareContact);
        command.Parameters.Add(Arg.Text($"bare-{key}"));
        command.Parameters.Add(Arg.Time(TimeProvider.System.GetUtcNow()));
        await command.ExecuteNonQueryAsync(ct);
    }
}
