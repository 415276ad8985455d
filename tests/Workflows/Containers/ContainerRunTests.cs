using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ServiceLoop.TestKit;

namespace ServiceLoop.Workflows.Tests.Containers;

/// <summary>No container engine is needed: every command of the container files is run here, outside of one.</summary>
public sealed partial class ContainerRunTests(ImageFolder image, PostgresFixture postgres)
    : IClassFixture<ImageFolder>,
        IClassFixture<PostgresFixture>
{
    private const string ProxyProgram = "/usr/sbin/nginx";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_published_node_starts_says_that_it_is_healthy_and_stops_in_order()
    {
        await using var node = await Node.StartAsync(image.App, await ConnectionStringAsync(), Ct);

        (await node.HealthAsync(Ct)).ShouldBe(0);
        Directory.Exists(Path.Combine(image.App, "studio", "_framework")).ShouldBeTrue();
        (await node.StatusAsync("/studio/_framework/blazor.webassembly.js", Ct)).ShouldBe(HttpStatusCode.OK);
        (await node.StatusAsync("/studio/", Ct)).ShouldBe(HttpStatusCode.OK);
        (await node.StopAsync(Ct)).ShouldBe(0, node.Said);
        (await node.HealthAsync(Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task Two_nodes_start_on_an_empty_database_at_once_and_the_proxy_outlives_one_of_them()
    {
        Assert.SkipUnless(File.Exists(ProxyProgram), "The proxy is not installed on this machine (Debian's package nginx-light).");
        var database = await ConnectionStringAsync();
        var nodes = await Task.WhenAll(Node.StartAsync(image.App, database, Ct), Node.StartAsync(image.App, database, Ct));
        await using var first = nodes[0];
        await using var second = nodes[1];
        await using var proxy = await Proxy.StartAsync(first.Port, second.Port, Ct);

        (await proxy.StatusAsync("/health/ready", Ct)).ShouldBe(HttpStatusCode.OK);
        (await proxy.StatusAsync("/metrics", Ct)).ShouldBe(HttpStatusCode.NotFound);
        (await first.StopAsync(Ct)).ShouldBe(0, first.Said);

        for (var i = 0; i < 10; i++)
            (await proxy.StatusAsync("/health/ready", Ct)).ShouldBe(HttpStatusCode.OK);
    }

    private async Task<string> ConnectionStringAsync() => await postgres.AddressAsync(await postgres.CreateEmptyAsync(Ct), Ct);

    private sealed partial class Proxy : IAsyncDisposable
    {
        private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);

        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("serviceloop-proxy-");
        private readonly HttpClient client;
        private readonly Process process;

        private Proxy(int[] nodes)
        {
            var port = Node.FreePort();
            var text = File.ReadAllText(Repository.PathOf("docker/proxy.conf"));
            var at = 0;
            text = ServerLine().Replace(text, _ => $"server 127.0.0.1:{nodes[at++].ToString(CultureInfo.InvariantCulture)} ");
            text = text.Replace("listen 8080;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal);
            text = text.Replace(
                "http {",
                $"http {{\n    access_log off;\n    client_body_temp_path {folder.FullName}/body;\n    proxy_temp_path {folder.FullName}/proxy;",
                StringComparison.Ordinal
            );
            var file = Path.Combine(folder.FullName, "proxy.conf");
            File.WriteAllText(file, text);
            process = Process.Start(ProxyProgram, ["-c", file, "-e", "stderr", "-g", $"daemon off; pid {folder.FullName}/pid;"]);
            client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        }

        public static async Task<Proxy> StartAsync(int first, int second, CancellationToken ct)
        {
            var proxy = new Proxy([first, second]);
            var clock = Stopwatch.StartNew();

            while (true)
            {
                try
                {
                    await proxy.StatusAsync("/health/live", ct);
                    return proxy;
                }
                catch (HttpRequestException) when (!proxy.process.HasExited && clock.Elapsed < StartLimit)
                {
                    await Task.Delay(50, ct);
                }
            }
        }

        public async Task<HttpStatusCode> StatusAsync(string path, CancellationToken ct)
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), ct);
            return answer.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();

            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }

            process.Dispose();
            folder.Delete(recursive: true);
        }

        [GeneratedRegex(@"server node\d:8080 ", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
        private static partial Regex ServerLine();
    }
}
