namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>The browser of the machine. Playwright's own are not downloaded.</summary>
internal static class Chromium
{
    private const string ProgramVariable = "SERVICELOOP_TEST_CHROMIUM";
    private const string SkipVariable = "SERVICELOOP_TEST_WITHOUT_BROWSER";

    /// <summary>Path of the program.</summary>
    /// <remarks>Without one the test fails; away from CI, <c>SERVICELOOP_TEST_WITHOUT_BROWSER=1</c> has it skipped instead.</remarks>
    public static string Find()
    {
        if (Places().FirstOrDefault(File.Exists) is { } program)
            return program;

        const string Missing =
            $"Chromium is not installed. Install Debian's packages 'chromium' and 'fonts-noto-cjk', or name a program in {ProgramVariable}.";
        Assert.SkipWhen(Is(SkipVariable, "1") && !Is("CI", "true"), Missing);
        throw new FileNotFoundException($"{Missing} To skip these tests on your own machine, set {SkipVariable}=1.");
    }

    private static IEnumerable<string> Places()
    {
        if (Environment.GetEnvironmentVariable(ProgramVariable) is { Length: > 0 } named)
            yield return named;

        yield return "/usr/bin/chromium";

        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        foreach (var name in new[] { "chromium", "chromium-browser", "google-chrome" })
            yield return Path.Combine(folder, name);
    }

    private static bool Is(string variable, string value) =>
        string.Equals(Environment.GetEnvironmentVariable(variable), value, StringComparison.OrdinalIgnoreCase);
}
