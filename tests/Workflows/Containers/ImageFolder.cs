using System.Diagnostics;

namespace ServiceLoop.Workflows.Tests.Containers;

/// <summary>What the Dockerfile would put into the image, made by running its own commands on this machine: in a copy of the repository as a builder sees it.</summary>
public sealed class ImageFolder : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("serviceloop-image-");

    /// <summary>The image's <c>/app</c>.</summary>
    public string App => Path.Combine(folder.FullName, "app");

    private string StudioPackage => Path.Combine(folder.FullName, "studio-package");

    public async ValueTask InitializeAsync()
    {
        var source = Path.Combine(folder.FullName, "src");
        Copy(Repository.Root, source, [.. File.ReadAllLines(Repository.PathOf(".dockerignore"))]);

        await MakeStudioAsync(source);

        foreach (var run in Dockerfile.Product.All("build", "RUN"))
            await RunAsync(
                run.Arguments.Replace("/app", App, StringComparison.Ordinal)
                    .Replace("/studio-package", StudioPackage, StringComparison.Ordinal),
                source
            );
    }

    /// <summary>The stage before: what it copies from the repository, what it runs, and what the build takes over from it.</summary>
    private async Task MakeStudioAsync(string source)
    {
        var stage = Path.Combine(folder.FullName, "studio");
        Directory.CreateDirectory(stage);

        foreach (var file in Dockerfile.Product.Single("studio", "COPY").Arguments.Split(' ')[..^1])
            File.Copy(Path.Combine(source, file), Path.Combine(stage, Path.GetFileName(file)));

        await RunAsync(Dockerfile.Product.Single("studio", "RUN").Arguments, stage);

        var taken = Dockerfile.Product.All("build", "COPY").First().Arguments.Split(' ');
        taken[0].ShouldBe("--from=studio");
        taken[2].ShouldBe("/studio-package");
        Directory.Move(
            taken[1].Replace(Dockerfile.Product.Single("studio", "WORKDIR").Arguments, stage, StringComparison.Ordinal),
            StudioPackage
        );
    }

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task RunAsync(string command, string workingDirectory)
    {
        var start = new ProcessStartInfo("sh", ["-c", command])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // A builder's machine has none of the settings that a test run leaves behind.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"{command}\n{await output}\n{await error}");
    }

    private static void Copy(string from, string to, HashSet<string> left)
    {
        Directory.CreateDirectory(to);

        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));

        foreach (var child in Directory.EnumerateDirectories(from))
        {
            var name = Path.GetFileName(child);

            if (!left.Contains(name) && !left.Contains($"**/{name}"))
                Copy(child, Path.Combine(to, name), [.. left.Where(l => l.StartsWith("**/", StringComparison.Ordinal))]);
        }
    }
}
